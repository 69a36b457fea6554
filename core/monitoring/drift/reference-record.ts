import * as z from 'zod';
import { CYCLES, type Cycle } from '../../spec/learning.ts';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { sketchSchema } from './sketch-record.ts';

/**
 * `reference.json` of a dataset of examples: what its features look like. Content alone decides it, so that it can be
 * written again. A window reads this, and never the rows.
 */
export const rowReferenceSchema = z.object({
  dataset: z.string(),
  rows: z.int(),
  /** What it can be matched by; null for the whole alone. */
  season: z.enum(CYCLES).nullable(),
  features: z.array(z.object({ name: z.string(), sketch: sketchSchema })),
});

export type RowReference = z.output<typeof rowReferenceSchema>;

/** Another season asks for another reference of the same dataset. */
export const rowReferenceKey = (model: string, dataset: string, season: Cycle | undefined): string =>
  dataKeys.dataset(model, dataset, season === undefined ? 'reference.json' : `reference-${season}.json`);

/** The reference of a dataset, or undefined when none was written. */
export async function findRowReference(
  data: ObjectStore,
  model: string,
  dataset: string,
  season: Cycle | undefined,
): Promise<RowReference | undefined> {
  const object = await data.get(rowReferenceKey(model, dataset, season));
  return object && rowReferenceSchema.parse(JSON.parse(object.body.toString()));
}
