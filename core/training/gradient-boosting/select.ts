/**
 * Moves the value of a rank, counted from 0 in ascending order, to its place, the smaller ones before it and the larger
 * ones after it: linear on average, never worse than sorting. Values are not NaN.
 *
 * Sources: Hoare, "Algorithm 65: Find", Communications of the ACM 4 (1961) 321-322; Musser, "Introspective Sorting and
 * Selection Algorithms", Software: Practice and Experience 27 (1997) 983-993 (the way out of bad pivots).
 */
export function select(values: Float64Array, rank: number): number {
  let from = 0;
  let to = values.length - 1;
  for (let rounds = 2 * Math.log2(values.length); from < to; rounds--) {
    if (rounds < 0) {
      values.subarray(from, to + 1).sort();
      break;
    }
    const pivot = middleOf(values[from] ?? 0, values[(from + to) >> 1] ?? 0, values[to] ?? 0);
    let left = from;
    let right = to;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left++;
      while ((values[right] ?? 0) > pivot) right--;
      if (left > right) break;
      const value = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = value;
    }
    // What lies between is equal to the pivot.
    if (rank <= right) to = right;
    else if (rank >= left) from = left;
    else break;
  }
  return values[rank] ?? Number.NaN;
}

const middleOf = (a: number, b: number, c: number): number =>
  a < b ? (b < c ? b : Math.max(a, c)) : a < c ? a : Math.max(b, c);
