import { valueAt } from '../../data/series.ts';

/** Rows by the time that they belong to. */
export interface Periods {
  /** For each row the number of its period, in the order of time. */
  readonly ofRow: Int32Array;
  /** Periods that have rows. */
  readonly count: number;
}

const HOUR = 3_600_000;

/** Milliseconds: what rows have in common, they have for a day or so; a test part of hours is cut finer. */
const LENGTHS = [24 * HOUR, HOUR, HOUR / 60];

/** Fewer periods say nothing of how periods differ. */
const LEAST_PERIODS = 3;

/**
 * Groups rows by day; by hour or minute where there are fewer than three days or hours. Rows without a time are a
 * period of their own. Undefined where not even three minutes have rows.
 * @param times Of each row, in milliseconds since 1970; NaN where there is none.
 */
export function periodsOf(times: Float64Array): Periods | undefined {
  for (const length of LENGTHS) {
    const starts = times.map(time =>
      Number.isNaN(time) ? Number.NEGATIVE_INFINITY : Math.floor(time / length),
    );
    const distinct = [...new Set(starts)].sort((a, b) => a - b);
    if (distinct.length < LEAST_PERIODS) continue;
    const numbers = new Map(distinct.map((start, number) => [start, number]));
    const ofRow = Int32Array.from(times, (_, row) => numbers.get(valueAt(starts, row)) ?? 0);
    return { ofRow, count: distinct.length };
  }
  return undefined;
}
