/** The moments at which a schedule is due. */
export interface Schedule {
  /** The first moment strictly after `time`, or undefined when there is none. */
  next(time: Date): Date | undefined;
}

/** A schedule expression cannot be read. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE };

/**
 * Reads `rate(…)`, `cron(…)` in UTC, or `at(…)`.
 * @param anchor From where a rate counts: the moment at which the schedule came into being.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws ScheduleError.
 */
export function parseSchedule(expression: string, anchor: Date): Schedule {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rate(argument, expression, anchor);
  if (kind === 'cron') return cron(argument, expression);
  if (kind === 'at') {
    const moment = new Date(`${argument}Z`);
    if (Number.isNaN(moment.getTime())) throw unreadable(expression, 'at(2026-01-31T09:00:00)');
    return { next: time => (time < moment ? moment : undefined) };
  }
  throw unreadable(expression, 'rate(…), cron(…) or at(…)');
}

function rate(argument: string, expression: string, anchor: Date): Schedule {
  const [, count, unit = ''] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  const length = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (!Number.isFinite(length))
    throw unreadable(expression, 'rate(N minutes), rate(N hours) or rate(N days)');
  return {
    next: time => {
      const passed = Math.max(0, Math.floor((time.getTime() - anchor.getTime()) / length));
      return new Date(anchor.getTime() + (passed + 1) * length);
    },
  };
}

interface Field {
  readonly first: number;
  readonly last: number;
  /** Names of the values from `first` on. */
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS = {
  minute: { first: 0, last: 59 },
  hour: { first: 0, last: 23 },
  day: { first: 1, last: 31 },
  month: { first: 1, last: 12, names: MONTHS },
  weekday: { first: 1, last: 7, names: WEEKDAYS },
  year: { first: 1970, last: 2199 },
} as const satisfies Record<string, Field>;

/** A calendar day in UTC. */
interface Day {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 1 is Sunday. */
  readonly weekday: number;
  readonly daysInMonth: number;
}

function cron(argument: string, expression: string): Schedule {
  const parts = argument.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = parts;
  if (parts.length !== 6 || (day === '?') === (weekday === '?')) {
    throw unreadable(
      expression,
      'cron(minutes hours day-of-month month day-of-week year), one of the two days being ?',
    );
  }
  const minutes = values(minute, FIELDS.minute, expression);
  const hours = values(hour, FIELDS.hour, expression);
  const months = new Set(values(month, FIELDS.month, expression));
  const years = new Set(values(year, FIELDS.year, expression));
  const isDue = weekday === '?' ? dayOfMonth(day, expression) : dayOfWeek(weekday, expression);
  return {
    next: time => {
      const start = new Date(Math.floor(time.getTime() / MINUTE) * MINUTE + MINUTE);
      const date = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()));
      for (; date.getUTCFullYear() <= FIELDS.year.last; date.setUTCDate(date.getUTCDate() + 1)) {
        if (!years.has(date.getUTCFullYear()) || !months.has(date.getUTCMonth() + 1)) continue;
        if (!isDue(dayOf(date))) continue;
        for (const h of hours) {
          for (const m of minutes) {
            const moment = new Date(date.getTime() + (h * 60 + m) * MINUTE);
            if (moment >= start) return moment;
          }
        }
      }
      return undefined;
    },
  };
}

function dayOf(date: Date): Day {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  return {
    year,
    month,
    day: date.getUTCDate(),
    weekday: date.getUTCDay() + 1,
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  };
}

/** `L` is the last day of the month, `LW` its last working day, `15W` the working day nearest to the 15th. */
function dayOfMonth(text: string, expression: string): (day: Day) => boolean {
  if (text === 'L') return day => day.day === day.daysInMonth;
  const [, target] = /^(\d+|L)W$/.exec(text) ?? [];
  if (target !== undefined) {
    return day => day.day === nearestWorkingDay(day, target === 'L' ? day.daysInMonth : Number(target));
  }
  const days = new Set(values(text, FIELDS.day, expression));
  return day => days.has(day.day);
}

function nearestWorkingDay(day: Day, target: number): number | undefined {
  if (target < 1 || target > day.daysInMonth) return undefined;
  const weekday = ((((day.weekday - 1 + target - day.day) % 7) + 7) % 7) + 1;
  // The nearest working day never leaves the month.
  if (weekday === 7) return target === 1 ? 3 : target - 1;
  if (weekday === 1) return target === day.daysInMonth ? target - 2 : target + 1;
  return target;
}

/** `6L` is the last Friday of the month, `6#3` its third. */
function dayOfWeek(text: string, expression: string): (day: Day) => boolean {
  const [, wanted, mark, nth] = /^(\w+?)(?:(L)|#([1-5]))$/.exec(text) ?? [];
  if (wanted !== undefined) {
    const [weekday] = values(wanted, FIELDS.weekday, expression);
    return day =>
      day.weekday === weekday &&
      (mark === 'L' ? day.day + 7 > day.daysInMonth : Math.ceil(day.day / 7) === Number(nth));
  }
  const weekdays = new Set(values(text === 'L' ? '7' : text, FIELDS.weekday, expression));
  return day => weekdays.has(day.weekday);
}

/** The values of one field, ascending. */
function values(text: string, { first, last, names = [] }: Field, expression: string): number[] {
  const number = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    const value = named === -1 ? (/^\d+$/.test(part) ? Number(part) : Number.NaN) : named + first;
    if (!(value >= first && value <= last))
      throw unreadable(expression, `${first} to ${last} where it says "${text}"`);
    return value;
  };
  const found = new Set<number>();
  for (const item of text.split(',')) {
    const [range = '', step = '1', ...rest] = item.split('/');
    const [low = '', high, ...more] = range.split('-');
    if (rest.length > 0 || more.length > 0 || !/^[1-9]\d*$/.test(step))
      throw unreadable(expression, 'a/b and a-b');
    const from = low === '*' ? first : number(low);
    const to = high !== undefined ? number(high) : low === '*' || item.includes('/') ? last : from;
    for (let value = from; value <= to; value += Number(step)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

const unreadable = (expression: string, allowed: string): ScheduleError =>
  new ScheduleError(`found the schedule ${expression}; allowed: ${allowed}`);
