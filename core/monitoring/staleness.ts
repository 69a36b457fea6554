import { listAcceptedParts } from '../data/accepted-parts.ts';
import { addDuration } from '../spec/duration.ts';
import { durationOf, type Spec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** How old a table's newest rows are. */
export interface Staleness {
  readonly table: string;
  /** Their age over the age that the spec allows: above 1 is too old. Rows of the future have no age. */
  readonly ratio: number;
}

/**
 * The table whose newest rows are the oldest, measured by the freshness that its contract asks for.
 * @param time ISO 8601; the moment of the question.
 * @returns undefined where no table with a freshness has accepted rows yet.
 */
export async function worstStaleness(
  data: ObjectStore,
  { name, tables }: Spec,
  time: string,
): Promise<Staleness | undefined> {
  const found: Staleness[] = [];
  for (const [table, { freshness }] of Object.entries(tables)) {
    if (freshness === undefined) continue;
    const ends = (await listAcceptedParts(data, name, table))
      .flatMap(({ timeRange }) => (timeRange === null ? [] : [Date.parse(timeRange.to)]))
      .sort((a, b) => a - b);
    const newest = ends.at(-1);
    if (newest === undefined) continue;
    const allowed = addDuration(new Date(newest), durationOf(freshness), 1).getTime() - newest;
    found.push({ table, ratio: Math.max(0, Date.parse(time) - newest) / allowed });
  }
  return found.sort((a, b) => b.ratio - a.ratio)[0];
}
