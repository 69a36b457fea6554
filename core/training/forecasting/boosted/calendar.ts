import { type Grid, timeOfStep } from '../../../data/series/grid.ts';
import type { Duration } from '../../../spec/duration.ts';

/** A property of the time of a step that values may depend on. */
export interface CalendarFeature {
  readonly name: string;
  /** By step of the grid, those of the forecast included. */
  readonly values: Float64Array;
}

interface Cycle {
  readonly name: string;
  /** Days that it takes to come round; a step must be shorter than that to tell anything. */
  readonly days: number;
  /** Whether it needs steps of a fixed length: a month begins on the same day always. */
  readonly fixed: boolean;
  readonly of: (time: Date) => number;
}

const DAY = 86_400_000;

/** Months and years, on average. */
const MONTH_DAYS = 30.436875;
const YEAR_DAYS = 365.2425;

const CYCLES: readonly Cycle[] = [
  { name: 'hour', days: 1, fixed: true, of: time => time.getUTCHours() + time.getUTCMinutes() / 60 },
  { name: 'weekday', days: 7, fixed: true, of: time => time.getUTCDay() },
  { name: 'day of the month', days: MONTH_DAYS, fixed: true, of: time => time.getUTCDate() },
  { name: 'day of the year', days: YEAR_DAYS, fixed: true, of: dayOfYear },
  { name: 'month', days: YEAR_DAYS, fixed: false, of: time => time.getUTCMonth() + 1 },
];

/** Of a cycle that was seen once, the calendar is no more than a clock: trees would learn what happened when. */
const TIMES_SEEN = 2;

/**
 * The calendar as far as the steps of a grid can tell it, and as far as its cycles came round twice in the steps that
 * there are to learn from. All in UTC.
 * @param grid Its steps are those to learn from.
 * @param horizon Steps after them.
 */
export function calendarOf(grid: Grid, horizon: number): CalendarFeature[] {
  const length = daysOf(grid.every);
  // Two years without a leap day are two years.
  const seen = (days: number): boolean => grid.steps * length >= TIMES_SEEN * Math.floor(days);
  const cycles = CYCLES.filter(
    ({ days, fixed }) => length < days && seen(days) && !(fixed && grid.every.months > 0),
  );
  const times = Array.from({ length: cycles.length === 0 ? 0 : grid.steps + horizon }, (_, step) =>
    timeOfStep(grid, step),
  );
  return cycles.map(({ name, of }) => ({ name, values: Float64Array.from(times, of) }));
}

const daysOf = ({ months, milliseconds }: Duration): number => months * MONTH_DAYS + milliseconds / DAY;

function dayOfYear(time: Date): number {
  return Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0, 1)) / DAY) + 1;
}
