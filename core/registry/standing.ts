import * as z from 'zod';
import type { VersionRecord } from './versions.ts';

/** How many champions back one can go without naming a version; the pointer stays small, however old the model. */
const REMEMBERED = 50;

const number = z.int().min(1);
const moment = z.iso.datetime({ offset: true });

/** A version that is tried beside the champion. */
const challengerSchema = z.object({
  version: number,
  /** canary: it answers `percent` of the requests; shadow: it computes them too, and the champion answers. */
  mode: z.enum(['canary', 'shadow']),
  percent: z.number().min(0).max(100),
  /** The moment when the trial began. */
  since: moment,
});

/** What stands in production. */
export const standingSchema = z.object({
  /** Number of the version in production. */
  champion: number,
  /** The moment when it was put there. */
  promotedAt: moment,
  /** End of the data that the champion was built on. */
  dataEnd: z.iso.datetime(),
  /** The version to which a rollback goes; null when there is none. */
  previous: number.nullable(),
  /** Those before `previous`, to which further rollbacks go; the oldest first. */
  earlier: z.array(number),
  challenger: challengerSchema.nullable(),
  /** Versions that were rolled back, in ascending order: only a person puts them back. */
  takenBack: z.array(number),
});

export type Standing = z.output<typeof standingSchema>;
export type Challenger = z.output<typeof challengerSchema>;
type Numbered = Pick<VersionRecord, 'version' | 'dataEnd'>;

/** Whether a version counts as newer than another: its data reaches further, or as far and it was registered later. */
export const isNewer = (one: Numbered, other: Numbered): boolean =>
  Date.parse(one.dataEnd) - Date.parse(other.dataEnd) > 0 ||
  (Date.parse(one.dataEnd) === Date.parse(other.dataEnd) && one.version > other.version);

/** A version becomes the champion. A trial ends with it, because what it was compared with is gone. */
export function withChampion(
  standing: Standing | undefined,
  { version, dataEnd }: Numbered,
  time: string,
): Standing {
  const champion = { champion: version, promotedAt: time, dataEnd, challenger: null };
  if (standing === undefined) return { ...champion, previous: null, earlier: [], takenBack: [] };
  return {
    ...champion,
    previous: standing.champion,
    earlier: stackOf(standing).slice(-REMEMBERED),
    takenBack: standing.takenBack,
  };
}

/** A version is tried beside the champion. */
export const withChallenger = (standing: Standing, challenger: Challenger): Standing => ({
  ...standing,
  challenger,
});

/** The trial ends, and the version that was tried is taken back. */
export const withoutChallenger = (standing: Standing): Standing => ({
  ...standing,
  challenger: null,
  takenBack: union(standing.takenBack, challengerOf(standing)),
});

/**
 * A person or a remedy puts another version into production. Of a step back, everything on the way is taken back: the
 * champion, the version on trial, and the champions in between. A step to a newer version is a promotion that nothing
 * forbids.
 */
export function withReturn(standing: Standing, target: Numbered, time: string): Standing {
  const allowed = (versions: readonly number[]) => versions.filter(one => one !== target.version);
  if (isNewer(target, { version: standing.champion, dataEnd: standing.dataEnd })) {
    const next = withChampion(standing, target, time);
    return { ...next, takenBack: allowed(union(next.takenBack, challengerOf(standing))) };
  }
  const stack = stackOf(standing);
  const at = stack.lastIndexOf(target.version);
  // Of a version that never was in production its number tells what came before it.
  const kept = at >= 0 ? stack.slice(0, at) : stack.filter(one => one < target.version);
  const left = [...stack.slice(kept.length), standing.champion, ...challengerOf(standing)];
  return {
    champion: target.version,
    promotedAt: time,
    dataEnd: target.dataEnd,
    previous: kept.at(-1) ?? null,
    earlier: kept.slice(0, -1),
    challenger: null,
    takenBack: allowed(
      union(
        standing.takenBack,
        left.filter(one => !kept.includes(one)),
      ),
    ),
  };
}

const stackOf = ({ earlier, previous }: Standing): number[] =>
  previous === null ? earlier : [...earlier, previous];

const challengerOf = ({ challenger }: Standing): number[] =>
  challenger === null ? [] : [challenger.version];

const union = (some: readonly number[], others: readonly number[]): number[] =>
  [...new Set([...some, ...others])].sort((a, b) => a - b);
