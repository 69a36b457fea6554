/** So many rows show how all of them lie. */
export const SAMPLE_ROWS = 100_000;

/** SQL for every k-th row of a part, the same ones whenever it is read: at most some SAMPLE_ROWS. */
export function sampled(from: string, rows: number): string {
  const step = Math.ceil(rows / SAMPLE_ROWS);
  return step <= 1 ? from : `(SELECT * FROM ${from} WHERE file_row_number % ${step} = 0)`;
}
