import type { TableSpec } from './schema.ts';

/** The zone that a table declares the times of a column to be written in; a column of dates has no moments, and so none. */
export const declaredZone = (
  table: Pick<TableSpec, 'columns' | 'read'> | undefined,
  column: string,
): string | undefined => (table?.columns[column]?.type === 'timestamp' ? table.read?.timezone : undefined);

/** Whether a name is a time zone of the IANA database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // Offsets are no zones to DuckDB.
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  formats.set(zone, format);
  return format;
}

/** The farthest moments from 1970, on both sides, that a Date can hold. */
const FARTHEST = 8.64e15;

/** By how many milliseconds the clocks of a zone are ahead of UTC at a moment; NaN beyond what a Date holds. */
export function offsetAt(moment: number, zone: string): number {
  if (!(Math.abs(moment) <= FARTHEST)) return Number.NaN;
  // Such as "1/31/2026, GMT+01:00"; GMT alone is UTC itself, and old local times have seconds.
  const [, sign, hours, minutes, seconds = 0] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatOf(zone).format(moment)) ?? [];
  if (sign === undefined) return 0;
  const ahead = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ahead : ahead;
}

/** The years whose clocks are looked at, those that data is likely to be of: from the start of one to that of the other. */
const LOOKED_AT = { from: Date.UTC(1990, 0), to: Date.UTC(2041, 0) };

/** From a moment until the next change the clocks of a zone are ahead of UTC by an offset. Both are milliseconds. */
export interface ClockChange {
  readonly from: number;
  readonly offset: number;
}

/** What the clocks of a zone do over a span of time. */
export interface Clocks {
  /** First moment of the span, in milliseconds since 1970. */
  readonly from: number;
  /** End of the span. */
  readonly to: number;
  /** In the order of time; the first is what holds at the start of the span. */
  readonly changes: readonly ClockChange[];
}

const clocks = new Map<string, Clocks>();

/** What the clocks of a zone do in the years that data is likely to be of. */
export function clocksOf(zone: string): Clocks {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const found: Clocks = { ...LOOKED_AT, changes: [...changesWithin(LOOKED_AT, zone)] };
  clocks.set(zone, found);
  return found;
}

/** No zone has ever changed its clocks, and changed them back, within so few days. */
const PROBED_EVERY = 7 * 86_400_000;

function* changesWithin({ from, to }: typeof LOOKED_AT, zone: string): Iterable<ClockChange> {
  let offset = offsetAt(from, zone);
  yield { from, offset };
  for (let probed = from; probed < to; probed += PROBED_EVERY) {
    const next = Math.min(probed + PROBED_EVERY, to - 1);
    const after = offsetAt(next, zone);
    if (after === offset) continue;
    yield { from: firstMoment(probed, next, moment => offsetAt(moment, zone) === after), offset: after };
    offset = after;
  }
}

/** The first moment after one, and at another at the latest, from which on something holds. */
export function firstMoment(before: number, after: number, holds: (moment: number) => boolean): number {
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The offsets that a zone has had, and is to have: milliseconds ahead of UTC. */
export const offsetsOf = (zone: string): ReadonlySet<number> =>
  new Set(clocksOf(zone).changes.map(({ offset }) => offset));
