import * as z from 'zod';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { standingSchema } from './standing.ts';
import { loadVersion, type VersionRecord } from './versions.ts';

/**
 * `production/<model>.json`: the pointer to what is in production. Every change of it is one conditional write, which
 * carries the change's own event: whoever changes the pointer next records that event first, if its author could not.
 */
export const productionSchema = standingSchema.extend({
  model: z.string(),
  /** The last change: all that its event says, apart from what stands here now. */
  change: z.object({
    /** Counts the changes of the pointer, from 1. */
    revision: z.int().min(1),
    kind: z.enum(['rollout-started', 'promoted', 'rolled-back']),
    time: z.iso.datetime({ offset: true }),
    actor: z.string(),
    summary: z.string(),
    details: z.record(z.string(), z.unknown()),
    /** What stood here before; null before the first promotion. */
    before: standingSchema.nullable(),
  }),
});

export type Production = z.output<typeof productionSchema>;

/** The pointer, and the etag under which it may be replaced; undefined when nothing is in production. */
export async function readPointer(
  models: ObjectStore,
  model: string,
): Promise<{ readonly etag: string; readonly production: Production } | undefined> {
  const object = await models.get(modelKeys.production(model));
  return (
    object && { etag: object.etag, production: productionSchema.parse(JSON.parse(object.body.toString())) }
  );
}

/** What is in production, or undefined when nothing is. */
export async function readProduction(models: ObjectStore, model: string): Promise<Production | undefined> {
  return (await readPointer(models, model))?.production;
}

/** The version in production, or undefined when there is none. */
export async function readChampion(models: ObjectStore, model: string): Promise<VersionRecord | undefined> {
  const production = await readProduction(models, model);
  return production && (await loadVersion(models, model, production.champion));
}

/** The version on trial beside it, or undefined when there is none. */
export async function readChallenger(models: ObjectStore, model: string): Promise<VersionRecord | undefined> {
  const challenger = (await readProduction(models, model))?.challenger;
  return challenger == null ? undefined : await loadVersion(models, model, challenger.version);
}
