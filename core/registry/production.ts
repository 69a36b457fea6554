import * as z from 'zod';
import { readableTime } from '../insights/readable.ts';
import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { loadVersion, type VersionRecord } from './versions.ts';

/** `production/<model>.json`: the pointer to what is in production. */
export const productionSchema = z.object({
  model: z.string(),
  /** Number of the version in production. */
  champion: z.int().min(1),
  /** The moment when it was put there. */
  promotedAt: z.iso.datetime({ offset: true }),
  /** End of the data that the champion was built on. */
  dataEnd: z.iso.datetime(),
  /** The version that it replaced; null for the first. */
  previous: z.int().min(1).nullable(),
});

export type Production = z.output<typeof productionSchema>;

/** What is in production, or undefined when nothing is. */
export async function readProduction(models: ObjectStore, model: string): Promise<Production | undefined> {
  return (await readPointer(models, model))?.production;
}

/** The version in production, or undefined when there is none. */
export async function readChampion(models: ObjectStore, model: string): Promise<VersionRecord | undefined> {
  const production = await readProduction(models, model);
  return production && (await loadVersion(models, model, production.champion));
}

async function readPointer(models: ObjectStore, model: string) {
  const object = await models.get(modelKeys.production(model));
  return (
    object && { etag: object.etag, production: productionSchema.parse(JSON.parse(object.body.toString())) }
  );
}

export interface Promotion {
  readonly promoted: boolean;
  /** One plain sentence. */
  readonly reason: string;
}

/**
 * Puts a version into production, unless what is there was built on newer data, or is a newer version on the same
 * data: deliveries may finish in another order than they came. Repeating a promotion answers the same again.
 * @throws ObjectNotFoundError when there is no such version.
 */
export async function promoteVersion(o: {
  readonly models: ObjectStore;
  readonly model: string;
  readonly version: number;
  /** ISO 8601; the moment of the promotion. */
  readonly time: string;
}): Promise<Promotion> {
  const { models, model, time } = o;
  const version = await loadVersion(models, model, o.version);
  for (;;) {
    const pointer = await readPointer(models, model);
    const known = pointer && decided(pointer.production, version, time);
    if (known !== undefined) return known;
    const next: Production = {
      ...{ model, champion: version.version, promotedAt: time, dataEnd: version.dataEnd },
      previous: pointer?.production.champion ?? null,
    };
    const key = modelKeys.production(model);
    const written = await (pointer === undefined
      ? models.putIfAbsent(key, canonicalJson(next))
      : models.putIfMatch(key, canonicalJson(next), pointer.etag));
    if (written) return promotionOf(next);
  }
}

const promotionOf = ({ champion, previous }: Production): Promotion => ({
  promoted: true,
  reason: `Version ${champion} is in production${previous === null ? '' : `, in place of version ${previous}`}`,
});

/** The answer, where the pointer stays as it is; undefined when the version should replace the champion. */
function decided(production: Production, version: VersionRecord, time: string): Promotion | undefined {
  const { champion, dataEnd, promotedAt } = production;
  if (champion === version.version) {
    return promotedAt === time
      ? promotionOf(production)
      : {
          promoted: false,
          reason: `Version ${champion} is in production already, since ${readableTime(promotedAt)}`,
        };
  }
  const [old, young] = [Date.parse(version.dataEnd), Date.parse(dataEnd)];
  if (old < young) {
    return {
      promoted: false,
      reason:
        `Version ${version.version} was built on data until ${readableTime(version.dataEnd)}, which is older than the data of ` +
        `version ${champion} in production (until ${readableTime(dataEnd)})`,
    };
  }
  if (old === young && version.version < champion) {
    return {
      promoted: false,
      reason: `Version ${champion} in production is newer than version ${version.version}, on data of the same time`,
    };
  }
  return undefined;
}
