import { addDuration, type Duration } from '../../spec/duration.ts';
import { durationOf, type ForecastingSpec } from '../../spec/schema.ts';
import { declaredZone, offsetsOf } from '../../spec/time-zones.ts';
import { clockSql } from '../zone-sql.ts';
import { clockAt, momentOf } from './zoned-time.ts';

/** Length of the periods of a grid. */
export interface GridStep extends Duration {
  /**
   * The zone whose calendar has the periods: its days, weeks and months, some days with an hour more or less. Without
   * one they are those of UTC.
   */
  readonly zone?: string;
}

/** A regular grid: `steps` periods of length `every` from `start`, which is the start of a period. */
export interface Grid {
  readonly every: GridStep;
  readonly start: Date;
  readonly steps: number;
}

const DAY = 86_400_000;

/**
 * The step of the series of a spec: whole days and more are those of the zone that the table's times are declared in.
 * Shorter ones have a fixed length, whatever clocks do; `check` refuses those that do not fit the clocks.
 */
export function gridStepOf({ tables, series }: Pick<ForecastingSpec, 'tables' | 'series'>): GridStep {
  return gridStep(series.every, declaredZone(tables[series.table], series.time));
}

/** A step of a length as specs write it. */
export function gridStep(every: string, zone?: string): GridStep {
  const length = durationOf(every);
  const isOfDays = length.months > 0 || length.milliseconds % DAY === 0;
  return zone !== undefined && isOfDays && hasOwnClocks(zone) ? { ...length, zone } : length;
}

/** Whether the clocks of a zone ever differ from UTC. */
const hasOwnClocks = (zone: string): boolean => [...offsetsOf(zone)].some(offset => offset !== 0);

/** A Monday, so that weeks start on Mondays. */
const FIXED_ORIGIN = Date.UTC(2000, 0, 3);
/** Months are counted from January of this year. */
const MONTHS_ORIGIN_YEAR = 2000;

/** Number of the period that a moment lies in, counted from the origin; negative before it. */
export function periodOf(time: Date, every: GridStep): number {
  const clock = every.zone === undefined ? time : clockAt(time, every.zone);
  if (every.months === 0) return Math.floor((clock.getTime() - FIXED_ORIGIN) / every.milliseconds);
  const months = (clock.getUTCFullYear() - MONTHS_ORIGIN_YEAR) * 12 + clock.getUTCMonth();
  return Math.floor(months / every.months);
}

/** First moment of a period. */
export function startOfPeriod(period: number, every: GridStep): Date {
  const clock =
    every.months === 0
      ? new Date(FIXED_ORIGIN + period * every.milliseconds)
      : new Date(Date.UTC(MONTHS_ORIGIN_YEAR, period * every.months));
  return every.zone === undefined ? clock : momentOf(clock, every.zone);
}

/** SQL for the number of the period that a TIMESTAMP expression, in UTC, lies in: `periodOf` in DuckDB. */
export function periodSql(timestamp: string, every: GridStep): string {
  const clock = every.zone === undefined ? timestamp : clockSql(timestamp, every.zone);
  if (every.months > 0) {
    return floorDivision(
      `((year(${clock}) - ${MONTHS_ORIGIN_YEAR}) * 12 + month(${clock}) - 1)`,
      every.months,
    );
  }
  // Counted from a period start near 1970, and only then from the origin: a wild date must not overflow.
  const phase = FIXED_ORIGIN % every.milliseconds;
  const microseconds = `(epoch_us(${clock}) - ${phase * 1000})`;
  const origin = (FIXED_ORIGIN - phase) / every.milliseconds;
  return `(${floorDivision(microseconds, every.milliseconds * 1000)} - ${origin})`;
}

/**
 * SQL for a whole number divided and rounded down; DuckDB itself rounds towards zero. Without a CASE, in which DuckDB
 * would compute the dividend twice.
 */
const floorDivision = (dividend: string, divisor: number): string =>
  `(${dividend} // ${divisor} - CAST(${dividend} % ${divisor} < 0 AS BIGINT))`;

/** Start of the step at an index; `grid.steps` gives the end of the grid. */
export const timeOfStep = (grid: Grid, step: number): Date =>
  startOfPeriod(periodOf(grid.start, grid.every) + step, grid.every);

/** Index of the step that a moment lies in; negative before the grid, `grid.steps` or more after it. */
export const stepOfTime = (grid: Grid, time: Date): number =>
  periodOf(time, grid.every) - periodOf(grid.start, grid.every);

/** A moment moved back by a length of time, on the calendar that the grid has: by days, also where one has 23 hours. */
export function before(time: Date, length: Duration, { zone }: GridStep): Date {
  if (zone === undefined) return addDuration(time, length, -1);
  return momentOf(addDuration(clockAt(time, zone), length, -1), zone);
}
