/**
 * Moves the rows of [start, end) that go left before those that go right; both keep their order.
 * @param spare Room for as many rows.
 * @returns Where the right ones start.
 */
export function partition(
  rows: Int32Array,
  start: number,
  end: number,
  bins: Uint8Array,
  goesLeft: Uint8Array,
  spare: Int32Array,
): number {
  let left = start;
  let right = 0;
  // Both are written and one of them counts: a branch here would be mispredicted half of the time.
  for (let i = start; i < end; i++) {
    const row = rows[i] ?? 0;
    const isLeft = goesLeft[bins[row] ?? 0] ?? 0;
    rows[left] = row;
    spare[right] = row;
    left += isLeft;
    right += 1 - isLeft;
  }
  for (let i = 0; i < right; i++) rows[left + i] = spare[i] ?? 0;
  return left;
}
