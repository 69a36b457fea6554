import * as z from 'zod';
import { METRIC_NAMES } from '../spec/metrics.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { breakdownFields } from './breakdown.ts';
import { measuresSchema } from './measures.ts';
import { metricsSchema } from './metrics.ts';
import { calibrationBinSchema } from './tabular/calibration.ts';
import { levelSchema } from './tabular/levels.ts';

/** A missing value is null in JSON. */
const points = z.array(z.number().nullable());
const share = z.number().nullable();

/** The chosen run's metric minus another's, with its bounds; null where there is none, or nothing to compare. */
const difference = z.object({ value: z.number(), lower: z.number(), upper: z.number() }).nullable();

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

const facts = z.object({
  model: z.string(),
  run: z.string(),
  dataset: z.string(),
  trainer: z.string(),
  time: z.iso.datetime({ offset: true }),
  /** The gate's metric. */
  metric: z.enum(METRIC_NAMES),
  /** The metric of every run on the validation part: the best was chosen. */
  validation: z.record(z.string(), z.number().nullable()),
  /** Measures on the test part, which is the same for all. */
  test: z.object({
    chosen: measuresSchema,
    baseline: measuresSchema,
    champion: z.object({ version: z.int(), metrics: measuresSchema }).nullable(),
  }),
  /** Differences of the gate's metric on the test part; each bound holds with this confidence. */
  differences: z.object({ confidence: z.number(), baseline: difference, champion: difference }),
  passed: z.boolean(),
  reason: z.string(),
});

/** Share of the test part's values within the intervals of that nominal coverage. */
const coverage = z.object({ 80: share, 95: share });

const ofForecasts = facts.extend({
  task: z.literal('forecasting'),
  coverage,
  /** Time of the test part's first step, and the step. */
  from: z.iso.datetime(),
  every: z.string(),
  /** Series with the lowest and with the highest gate metric. */
  best: z.array(seriesOutcomeSchema),
  worst: z.array(seriesOutcomeSchema),
  ...breakdownFields,
});

const predictions = facts.extend({
  /** Measures of the examples with equal values of a feature, most frequent values first. */
  slices: z.array(
    z.object({
      feature: z.string(),
      values: z.array(z.object({ value: z.string().nullable(), rows: z.int(), measures: measuresSchema })),
      /** Examples with other values. */
      others: z.int(),
    }),
  ),
});

const ofRegression = predictions.extend({
  ...{ task: z.literal('regression'), coverage },
  /** Of the mean; empty where a quantile is predicted, and in records of before there were any. */
  levels: z.array(levelSchema).default([]),
});

const ofClassification = predictions.extend({
  task: z.literal('classification'),
  classes: z.array(z.string()),
  calibration: z.array(calibrationBinSchema),
});

/** `evaluation.json` of the run that was chosen: how it did on the test part, and what the gate said. */
export const evaluationSchema = z.discriminatedUnion('task', [ofForecasts, ofRegression, ofClassification]);

export type Evaluation = z.output<typeof evaluationSchema>;
export type ForecastEvaluation = Extract<Evaluation, { task: 'forecasting' }>;
export type PredictionEvaluation = Exclude<Evaluation, ForecastEvaluation>;
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
