import * as z from 'zod';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { eventsUnder } from './events.ts';
import { readProduction } from './production.ts';

/** Names of the events of a change of the champion; one that only ended a trial names the champion that stayed. */
const CHANGES = /^[^-]+-(promoted|rolled-back)-/;

const change = z.object({ revision: z.int(), after: z.object({ champion: z.int() }) });

/**
 * The version that was in production just before a moment, as the event log tells it: what was promoted or rolled back
 * since does not change the answer.
 * @returns undefined where nothing was in production yet.
 */
export async function championBefore(
  models: ObjectStore,
  model: string,
  moment: Date,
): Promise<number | undefined> {
  const production = await readProduction(models, model);
  if (production === undefined) return undefined;
  if (Date.parse(production.promotedAt) < moment.getTime()) return production.champion;
  const folder = modelKeys.events(model);
  const end = modelKeys.eventsFrom(model, moment.toISOString());
  const timeOf = (key: string): string => key.slice(folder.length).split('-', 1)[0] ?? '';
  let latest: string | undefined;
  // In the order of time.
  for await (const { key } of models.list(folder)) {
    if (key >= end) break;
    if (CHANGES.test(key.slice(folder.length))) latest = timeOf(key);
  }
  if (latest === undefined) return undefined;
  const events = await eventsUnder(models, `${folder}${latest}-`);
  const changes = events.flatMap(({ details }) => change.safeParse(details).data ?? []);
  return changes.sort((a, b) => a.revision - b.revision).at(-1)?.after.champion;
}
