import * as z from 'zod';
import { CYCLES, type Cycle } from '../../spec/learning.ts';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { numberSketchSchema, sketchSchema } from './sketch-record.ts';

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

/** `reference.json` of a dataset of series: what each usually is, by the season, and how far it is from that. */
export const seriesReferenceSchema = z.object({
  dataset: z.string(),
  /** Steps of the season that series are looked at by; null for none. */
  season: z.int().nullable(),
  /** Start of the first period, from which the cells of the season are counted. */
  start: z.iso.datetime(),
  /** Values of all series. */
  rows: z.int(),
  /** `keyId` of every series; null where they are too many to be known by name. */
  keys: z.array(z.string()).nullable(),
  /** The largest series, at most a thousand, by key. */
  series: z.array(
    z.object({
      key: z.array(z.string()),
      /** Mean of each cell of the season; null for a cell without a value. */
      means: z.array(z.number().nullable()),
      longestGap: z.int(),
      /** Of the deviations from these means. */
      sketch: numberSketchSchema,
    }),
  ),
});

export type SeriesReference = z.output<typeof seriesReferenceSchema>;

export const seriesReferenceKey = (model: string, dataset: string): string =>
  dataKeys.dataset(model, dataset, 'reference.json');

/** The reference of a dataset of series, or undefined when none was written. */
export async function findSeriesReference(
  data: ObjectStore,
  model: string,
  dataset: string,
): Promise<SeriesReference | undefined> {
  const object = await data.get(seriesReferenceKey(model, dataset));
  return object && seriesReferenceSchema.parse(JSON.parse(object.body.toString()));
}
