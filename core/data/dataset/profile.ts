import type { Series } from '../series.ts';

/** Facts of the values of one part, or of one series in it. Missing values count in `missing` only. */
export interface ValueProfile {
  readonly rows: number;
  /** Share of rows without a value. */
  readonly missing: number;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
}

export interface PartProfile extends ValueProfile {
  readonly series: readonly (ValueProfile & { readonly key: readonly string[]; readonly start: string })[];
}

/** What a part of a dataset looks like, as `profile.json` has it. */
export const profilePart = (series: readonly Series[]): PartProfile => ({
  ...profileValues(series.map(({ values }) => values)),
  series: series.map(({ key, start, values }) => ({
    key,
    start: start.toISOString(),
    ...profileValues([values]),
  })),
});

function profileValues(columns: readonly Float64Array[]): ValueProfile {
  let rows = 0;
  let present = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const values of columns) {
    rows += values.length;
    for (const value of values) {
      if (Number.isNaN(value)) continue;
      present++;
      sum += value;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  const missing = rows === 0 ? 0 : (rows - present) / rows;
  return present === 0
    ? { rows, missing, min: null, mean: null, max: null }
    : { rows, missing, min, mean: sum / present, max };
}
