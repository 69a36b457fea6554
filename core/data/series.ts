/** One regular time series in memory: what trainers, evaluation, serving and monitoring pass to each other. */
export interface Series {
  /** Values of the spec's `series.by`, in its order, as text; empty when the spec names no column. */
  readonly key: readonly string[];
  /** Start of the first period of `values`. */
  readonly start: Date;
  /** One value per step of the grid, without holes; NaN where a value is missing. */
  readonly values: Float64Array;
}

/** The order of series everywhere: by the parts of their keys, each compared by UTF-16 code units. */
export function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (right === undefined || left > right) return 1;
    if (left < right) return -1;
  }
  return a.length - b.length;
}

/** The key of a series as one text: equal for equal keys only. */
export const keyId = (key: readonly string[]): string => JSON.stringify(key);

/** A value of a series; missing outside of it. */
export const valueAt = (values: Float64Array, index: number): number => values[index] ?? Number.NaN;
