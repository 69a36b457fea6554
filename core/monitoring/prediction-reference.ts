import * as z from 'zod';
import { METRIC_NAMES } from '../spec/metrics.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { sketchSchema } from './drift/sketch-record.ts';
import { confidenceSchema } from './estimated/confidence.ts';

/** What the test part said of the metric that is monitored, and how much of it may be chance. */
export const testIntervalSchema = z.object({
  metric: z.enum(METRIC_NAMES),
  value: z.number(),
  lower: z.number(),
  upper: z.number(),
  /** Of the interval as a whole. */
  confidence: z.number(),
});

/**
 * `reference.json` of a run that was evaluated: what its predictions look like on the test part, how sure its metric
 * is, and what its own words are worth. A window reads this, and never the test part.
 */
export const predictionReferenceSchema = z.object({
  run: z.string(),
  dataset: z.string(),
  /** Of the predictions on the test part, in the order of time; null for forecasts. */
  predictions: z.object({ name: z.string(), sketch: sketchSchema }).nullable(),
  /** Null where the metric is undefined on the test part. */
  interval: testIntervalSchema.nullable(),
  confidence: confidenceSchema.nullable(),
});

export type TestInterval = z.output<typeof testIntervalSchema>;
export type PredictionReference = z.output<typeof predictionReferenceSchema>;

/** Name of the reference under its run. */
export const PREDICTION_REFERENCE = 'reference.json';

/** The reference of a run, or undefined when it was evaluated before there were any. */
export async function findPredictionReference(
  models: ObjectStore,
  model: string,
  run: string,
): Promise<PredictionReference | undefined> {
  const object = await models.get(modelKeys.run(model, run, PREDICTION_REFERENCE));
  return object && predictionReferenceSchema.parse(JSON.parse(object.body.toString()));
}
