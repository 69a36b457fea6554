import { durationOf, type SeriesSpec } from '../../../spec/schema.ts';
import type { AcceptedPart } from '../../accepted-parts.ts';

/** Parts that a new one is compared with: older ones tell of times that are gone. */
const MOST = 30;

/** Fewer parts have no spread worth the name. */
export const LEAST = 5;

/** What of a spec's series tells parts of one season apart. */
export type Seasons = Pick<SeriesSpec, 'every' | 'season'>;

type Timed = Pick<AcceptedPart, 'timeRange'>;

/**
 * The accepted parts that a new one should look like: where a season is declared and enough parts of its phase
 * exist (the same weekday, for days with season 7), those; else the last ones, whatever their phase.
 * @param history Oldest first.
 */
export function peersOf(
  part: Timed,
  history: readonly AcceptedPart[],
  seasons: Seasons | undefined,
): AcceptedPart[] {
  for (const season of [...(seasons?.season ?? [])].sort((a, b) => b - a)) {
    const phase = phaseOf(part, season, seasons);
    if (phase === undefined) continue;
    const same = history.filter(other => phaseOf(other, season, seasons) === phase);
    if (same.length >= LEAST) return same.slice(-MOST);
  }
  return history.length >= LEAST ? history.slice(-MOST) : [];
}

/** Step of the season on which a part begins; undefined without a time, or where steps have no fixed length. */
function phaseOf({ timeRange }: Timed, season: number, seasons: Seasons | undefined): number | undefined {
  if (timeRange === null || seasons === undefined) return undefined;
  const { months, milliseconds } = durationOf(seasons.every);
  const from = new Date(timeRange.from);
  if (months > 0) return Math.floor((from.getUTCFullYear() * 12 + from.getUTCMonth()) / months) % season;
  return modulo(Math.floor(from.getTime() / milliseconds), season);
}

const modulo = (value: number, base: number): number => ((value % base) + base) % base;
