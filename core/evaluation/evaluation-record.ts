import * as z from 'zod';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { metricsSchema } from './metrics.ts';

/** A missing value is null in JSON. */
const points = z.array(z.number().nullable());
const share = z.number().nullable();

/** Forecast and truth of one series over the test part. */
const seriesOutcomeSchema = z.object({
  key: z.array(z.string()),
  metrics: metricsSchema,
  actual: points,
  forecast: points,
  lower_80: points,
  upper_80: points,
  lower_95: points,
  upper_95: points,
});

/** `evaluation.json` of the run that was chosen: how it did on the test part, and what the gate said. */
export const evaluationSchema = z.object({
  model: z.string(),
  run: z.string(),
  dataset: z.string(),
  trainer: z.string(),
  time: z.iso.datetime({ offset: true }),
  /** The gate's metric. */
  metric: z.enum(['mase', 'smape', 'wape', 'rmse']),
  /** The metric of every run on the validation part: the lowest was chosen. */
  validation: z.record(z.string(), z.number().nullable()),
  /** Metrics on the test part: all models were fitted on the same train and validation parts. */
  test: z.object({
    chosen: metricsSchema,
    baseline: metricsSchema,
    champion: z.object({ version: z.int(), metrics: metricsSchema }).nullable(),
  }),
  /** Share of the test part's values within the intervals of that nominal coverage. */
  coverage: z.object({ 80: share, 95: share }),
  passed: z.boolean(),
  reason: z.string(),
  /** Time of the test part's first step, and the step. */
  from: z.iso.datetime(),
  every: z.string(),
  /** Series with the lowest and with the highest gate metric. */
  best: z.array(seriesOutcomeSchema),
  worst: z.array(seriesOutcomeSchema),
});

export type Evaluation = z.output<typeof evaluationSchema>;
export type SeriesOutcome = z.output<typeof seriesOutcomeSchema>;

/** Name of the evaluation under its run. */
export const EVALUATION = 'evaluation.json';

/** The evaluation of a run, or undefined when it was never chosen. */
export async function findEvaluation(
  models: ObjectStore,
  model: string,
  run: string,
): Promise<Evaluation | undefined> {
  const object = await models.get(modelKeys.run(model, run, EVALUATION));
  return object && evaluationSchema.parse(JSON.parse(object.body.toString()));
}
