import { durationOf } from '../spec/schema.ts';

/** A step of a regular grid, with what people who look at such data usually care for. */
export interface Step {
  readonly every: string;
  /** Lengths in steps after which such series often repeat: a day, a week, a year. */
  readonly seasons: readonly number[];
  /** Steps that a forecast usually reaches. */
  readonly horizon: number;
}

const withinDay = (every: string, perDay: number): Step => ({
  every,
  seasons: [perDay, 7 * perDay],
  horizon: perDay,
});

/** From the finest to the coarsest. */
export const STEPS: readonly Step[] = [
  { every: '1 minute', seasons: [60, 1440], horizon: 60 },
  withinDay('5 minutes', 288),
  withinDay('10 minutes', 144),
  withinDay('15 minutes', 96),
  withinDay('20 minutes', 72),
  withinDay('30 minutes', 48),
  withinDay('1 hour', 24),
  withinDay('2 hours', 12),
  withinDay('3 hours', 8),
  withinDay('4 hours', 6),
  withinDay('6 hours', 4),
  withinDay('8 hours', 3),
  withinDay('12 hours', 2),
  { every: '1 day', seasons: [7], horizon: 14 },
  { every: '1 week', seasons: [52], horizon: 13 },
  { every: '1 month', seasons: [12], horizon: 12 },
  { every: '3 months', seasons: [4], horizon: 4 },
  { every: '1 year', seasons: [], horizon: 3 },
];

export function stepOf(every: string): Step {
  const step = STEPS.find(candidate => candidate.every === every);
  if (step === undefined) throw new RangeError(`"${every}" is none of the steps that are inferred`);
  return step;
}

const DAY = 86_400_000;

/** Whether a column of dates, without a time of day, can tell the periods of a step apart. */
export const isDaysLong = ({ every }: Step): boolean => {
  const { months, milliseconds } = durationOf(every);
  return months > 0 || milliseconds >= DAY;
};

/** The length of so many steps as a duration in the largest unit that divides it. */
export function lengthOf(every: string, steps: number): string {
  const { months, milliseconds } = durationOf(every);
  if (months > 0) {
    const total = months * steps;
    return total % 12 === 0 && months % 12 === 0 ? written(total / 12, 'year') : written(total, 'month');
  }
  const total = milliseconds * steps;
  const week = 7 * DAY;
  if (milliseconds % week === 0) return written(total / week, 'week');
  if (total % DAY === 0) return written(total / DAY, 'day');
  return total % 3_600_000 === 0 ? written(total / 3_600_000, 'hour') : written(total / 60_000, 'minute');
}

const written = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
