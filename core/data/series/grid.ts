import type { Duration } from '../../spec/duration.ts';
import { literal } from '../quote.ts';

/** A regular grid: `steps` periods of length `every` from `start`, which is the start of a period. */
export interface Grid {
  readonly every: Duration;
  readonly start: Date;
  readonly steps: number;
}

/** A Monday, so that weeks start on Mondays. DuckDB's `time_bucket` counts fixed lengths from here too. */
const FIXED_ORIGIN = Date.UTC(2000, 0, 3);
/** Months are counted from January of this year, in `time_bucket` as well. */
const MONTHS_ORIGIN_YEAR = 2000;

/** Number of the period that a moment lies in, counted from the origin; negative before it. All in UTC. */
export function periodOf(time: Date, every: Duration): number {
  if (every.months === 0) return Math.floor((time.getTime() - FIXED_ORIGIN) / every.milliseconds);
  const months = (time.getUTCFullYear() - MONTHS_ORIGIN_YEAR) * 12 + time.getUTCMonth();
  return Math.floor(months / every.months);
}

/** First moment of a period. */
export const startOfPeriod = (period: number, every: Duration): Date =>
  every.months === 0
    ? new Date(FIXED_ORIGIN + period * every.milliseconds)
    : new Date(Date.UTC(MONTHS_ORIGIN_YEAR, period * every.months));

/** SQL for the start of the period that a TIMESTAMP expression lies in: `startOfPeriod(periodOf(…))` in DuckDB. */
export const periodSql = (timestamp: string, every: Duration): string =>
  `time_bucket(INTERVAL ${literal(every.text)}, ${timestamp})`;

/** Start of the step at an index; `grid.steps` gives the end of the grid. */
export const timeOfStep = (grid: Grid, step: number): Date =>
  startOfPeriod(periodOf(grid.start, grid.every) + step, grid.every);

/** Index of the step that a moment lies in; negative before the grid, `grid.steps` or more after it. */
export const stepOfTime = (grid: Grid, time: Date): number =>
  periodOf(time, grid.every) - periodOf(grid.start, grid.every);
