import { type ClockChange, clocksOf } from '../spec/time-zones.ts';
import { literal } from './quote.ts';

/**
 * SQL for what the clocks of a zone show at a moment, both TIMESTAMP; the moment is in UTC. The changes of the clocks are
 * written out: comparing with them takes a tenth of the time that looking every row up in DuckDB's calendar takes. That
 * is left for years far away.
 */
export const clockSql = (moment: string, zone: string): string =>
  byChanges(moment, zone, offset => `${moment} + ${offset}`, clockByCalendar(moment, zone));

/** SQL for the INTERVAL by which the clocks of a zone are ahead of UTC at a moment, as for `clockSql`. */
export const offsetSql = (moment: string, zone: string): string =>
  byChanges(moment, zone, offset => offset, `${clockByCalendar(moment, zone)} - (${moment})`);

/** SQL for a moment as the clocks of a zone show it, with their offset: `2026-01-31 00:00:00+01:00`. */
export function zonedTextSql(moment: string, zone: string): string {
  const seconds = `CAST(epoch(${offsetSql(moment, zone)}) AS BIGINT)`;
  return `strftime(${clockSql(moment, zone)}, '%Y-%m-%d %H:%M:%S') || printf('%s%02d:%02d',
    CASE WHEN ${seconds} < 0 THEN '-' ELSE '+' END, abs(${seconds}) // 3600, abs(${seconds}) % 3600 // 60)`;
}

const clockByCalendar = (moment: string, zone: string): string =>
  `timezone(${literal(zone)}, CAST(${moment} AS TIMESTAMPTZ))`;

const timestamp = (moment: number): string =>
  `TIMESTAMP ${literal(new Date(moment).toISOString().slice(0, -1))}`;

function byChanges(moment: string, zone: string, use: (offset: string) => string, farAway: string): string {
  const { from, to, changes } = clocksOf(zone);
  return `CASE WHEN ${moment} >= ${timestamp(from)} AND ${moment} < ${timestamp(to)}
    THEN ${use(chosen(moment, changes))} ELSE ${farAway} END`;
}

/** The offset of the last change that is not after the moment, by halving. */
function chosen(moment: string, changes: readonly ClockChange[]): string {
  const half = Math.floor(changes.length / 2);
  const middle = changes[half];
  if (middle === undefined) throw new RangeError('a span of time begins with an offset');
  if (half === 0) return `to_milliseconds(${middle.offset})`;
  const [before, after] = [chosen(moment, changes.slice(0, half)), chosen(moment, changes.slice(half))];
  return `CASE WHEN ${moment} < ${timestamp(middle.from)} THEN ${before} ELSE ${after} END`;
}
