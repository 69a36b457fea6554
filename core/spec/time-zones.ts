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

/** Years whose clocks are looked at: those that data is likely to be of. */
const YEARS = { from: 1990, to: 2040 };

/** The offsets that a zone has had, in winter and in summer, and is to have: milliseconds ahead of UTC. */
export function offsetsOf(zone: string): ReadonlySet<number> {
  const offsets = new Set<number>();
  for (let year = YEARS.from; year <= YEARS.to; year++) {
    for (const month of [0, 6]) offsets.add(offsetAt(Date.UTC(year, month), zone));
  }
  return offsets;
}
