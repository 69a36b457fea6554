/** A length of time as specs write it: a whole number and a unit, such as `14 days` or `1 hour`. */
export const DURATION_PATTERN = /^([1-9]\d{0,5}) (minute|hour|day|week|month|year)s?$/;

const MILLISECONDS = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const;

/** Length in calendar months of the units that have no fixed number of milliseconds. */
const MONTHS = { month: 1, year: 12 } as const;

export interface Duration {
  /** The text as written, a valid DuckDB interval literal. */
  readonly text: string;
  /** Calendar months; 0 when the length is fixed. */
  readonly months: number;
  /** Milliseconds beside the months. */
  readonly milliseconds: number;
}

/** The duration, or undefined when the text is none. */
export function parseDuration(text: string): Duration | undefined {
  const [, count, unit] = DURATION_PATTERN.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  return {
    text,
    months: unit in MONTHS ? Number(count) * MONTHS[unit as keyof typeof MONTHS] : 0,
    milliseconds: unit in MILLISECONDS ? Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS] : 0,
  };
}

/** `time` moved by `times` durations. Months are counted in UTC; the day is clamped to the length of the month. */
export function addDuration(time: Date, duration: Duration, times: number): Date {
  const moved = new Date(time.getTime() + duration.milliseconds * times);
  if (duration.months === 0) return moved;
  const day = moved.getUTCDate();
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + duration.months * times);
  const daysInMonth = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(day, daysInMonth));
  return moved;
}
