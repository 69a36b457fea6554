import { valueAt } from '../../data/series.ts';

/** Rows that have something in common, and are drawn together. */
export interface Clusters {
  /** For each row the number of its cluster. */
  readonly ofRow: Int32Array;
  /** Clusters that have rows. */
  readonly count: number;
  /** Whether their numbers are an order of time, in which each may pass something on to the next. */
  readonly inTime: boolean;
}

const HOUR = 3_600_000;

/** Milliseconds: what rows have in common, they have for a day or so; a test part of hours is cut finer. */
const LENGTHS = [24 * HOUR, HOUR, HOUR / 60];

/** Fewer clusters say nothing of how clusters differ. */
const LEAST_CLUSTERS = 3;

/**
 * What a bootstrap draws: the groups that a split by group keeps together, else periods of time. Undefined where rows
 * count as independent: without either, or with fewer than three of them.
 * @param times Of each row, in milliseconds since 1970; NaN where there is none.
 */
export function clustersOf(
  groups: Omit<Clusters, 'inTime'> | undefined,
  times: Float64Array | undefined,
): Clusters | undefined {
  if (groups !== undefined && groups.count >= LEAST_CLUSTERS) return { ...groups, inTime: false };
  return times && periodsOf(times);
}

/**
 * Groups rows by day; by hour or minute where there are fewer than three days or hours. Rows without a time are a
 * period of their own. Undefined where not even three minutes have rows.
 * @param times Of each row, in milliseconds since 1970; NaN where there is none.
 */
export function periodsOf(times: Float64Array): Clusters | undefined {
  for (const length of LENGTHS) {
    const starts = times.map(time =>
      Number.isNaN(time) ? Number.NEGATIVE_INFINITY : Math.floor(time / length),
    );
    const distinct = [...new Set(starts)].sort((a, b) => a - b);
    if (distinct.length < LEAST_CLUSTERS) continue;
    const numbers = new Map(distinct.map((start, number) => [start, number]));
    const ofRow = Int32Array.from(times, (_, row) => numbers.get(valueAt(starts, row)) ?? 0);
    return { ofRow, count: distinct.length, inTime: true };
  }
  return undefined;
}
