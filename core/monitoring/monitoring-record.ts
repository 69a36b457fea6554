import * as z from 'zod';
import { measuresSchema } from '../evaluation/measures.ts';
import { metricsSchema } from '../evaluation/metrics.ts';
import { METRIC_NAMES } from '../spec/metrics.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { driftSchema } from './drift/drift-record.ts';
import { testIntervalSchema } from './prediction-reference.ts';

const share = z.number().nullable();

/** What was predicted for a window, and what of it is known by now. */
const groundTruthSchema = z.object({
  /**
   * Whose predictions they are: those that were given (of the prediction log, of request files, of forecasts), or what
   * the version says of the rows now, where it was not asked.
   */
  source: z.enum(['prediction-log', 'requests', 'forecasts', 'replayed']),
  /** Predictions of the window, and those whose ground truth is known. */
  predictions: z.int(),
  known: z.int(),
  /** `known` over `predictions`; null without predictions. */
  share: z.number().nullable(),
  /** Rows of the window whose truth is known, and that nobody asked about. */
  withoutPrediction: z.int(),
});

/** What the metric is estimated to be, without any ground truth. */
const estimatedSchema = z.object({
  /** Never a measurement. */
  estimate: z.literal(true),
  method: z.enum(['calibrated-probabilities', 'errors-by-prediction', 'interval-widths']),
  metric: z.enum(METRIC_NAMES),
  value: z.number(),
  testError: z.number().nullable(),
  /** As `errorRatio`. */
  errorRatio: z.number().nullable(),
  /** Predictions that it is about. */
  predictions: z.int(),
});

/** What the endpoint did. */
const servingSchema = z.object({
  requests: z.int(),
  /** Requests that failed (5xx), and that were refused (4xx). */
  errors: z.int(),
  refusals: z.int(),
  /** Rows that the version in production answered. */
  rows: z.int(),
  /** Share of the requests that did not fail; null without requests. */
  availability: z.number().nullable(),
  /** Milliseconds that half of the requests, and 99 of 100, did not exceed. */
  latency: z.object({ p50: z.number().nullable(), p99: z.number().nullable() }),
  /** Lines of the log that are no entries, and that were delivered more than once. */
  unreadable: z.int(),
  repeated: z.int(),
});

/** What was delivered of the table that is monitored. */
const dataSchema = z.object({
  table: z.string(),
  /** When the window was measured first: what came later is not counted, so that measuring again says the same. */
  asOf: z.iso.datetime(),
  /** Time of the newest row that was accepted by then; null where rows have none. */
  newest: z.iso.datetime().nullable(),
  /** Seconds from that row to then. */
  age: z.number().nullable(),
  /** Files that were accepted from the beginning of the window until then, and their rows. */
  files: z.int(),
  rows: z.int(),
  /** Share of cells without a value in these files; null without any. */
  missing: z.number().nullable(),
});

const facts = z.object({
  model: z.string(),
  /** Name of the window, and the periods it has: `to` is not in it. */
  window: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** One plain sentence. */
  summary: z.string(),
  drift: driftSchema.optional(),
  groundTruth: groundTruthSchema.optional(),
  estimated: estimatedSchema.optional(),
  serving: servingSchema.optional(),
  data: dataSchema.optional(),
});

const measured = facts.extend({
  measured: z.literal(true),
  /** The metric that the spec monitors. */
  metric: z.enum(METRIC_NAMES),
  /** Its value here. */
  error: z.number(),
  /** Its value on the versions' test parts, weighted by periods; null where it had none. */
  testError: z.number().nullable(),
  /**
   * How much worse it is than on the test part, as a factor: 1 means as good as promised, 1.5 half as bad again. Null
   * where that cannot be said.
   */
  errorRatio: z.number().nullable(),
  /** What the test part said, and how far chance may have taken that; null for a version that was not told. */
  testInterval: testIntervalSchema.nullable().optional(),
  /** Whether the error is worse than the worse end of that interval. */
  worseThanTest: z.boolean().nullable().optional(),
});

const forecasts = measured.extend({
  task: z.literal('forecasting'),
  /** Versions whose forecasts were in force, and for how many periods each. */
  versions: z.array(z.object({ version: z.int(), periods: z.int() })),
  metrics: metricsSchema,
  /** Share of what happened within the intervals of that nominal coverage. */
  coverage: z.object({ 80: share, 95: share }),
  /** Forecast values of the window, and how many of them have a ground truth by now. */
  labels: z.object({ forecast: z.int(), known: z.int() }),
  /** Series with the highest error, highest first. */
  worst: z.array(z.object({ key: z.array(z.string()), metrics: metricsSchema })),
  /** Sums over the series that have both values in a period. */
  totals: z.array(
    z.object({ time: z.iso.datetime(), forecast: z.number(), actual: z.number(), series: z.int() }),
  ),
});

const predictions = measured.extend({
  task: z.enum(['regression', 'classification']),
  /** The version that was measured. */
  version: z.int(),
  metrics: measuresSchema,
});

const notMeasured = facts.extend({ measured: z.literal(false) });

/** `monitoring/<model>/<window>.json`: what the forecasts in force were worth, or why that cannot be said. */
export const monitoringSchema = z.discriminatedUnion('measured', [
  z.discriminatedUnion('task', [forecasts, predictions]),
  notMeasured,
]);

export type MonitoringRecord = z.output<typeof monitoringSchema>;
export type GroundTruth = z.output<typeof groundTruthSchema>;
export type Estimate = z.output<typeof estimatedSchema>;
export type ServingFacts = z.output<typeof servingSchema>;
export type DataFacts = z.output<typeof dataSchema>;
export type Measurement = Extract<MonitoringRecord, { measured: true }>;
export type ForecastMeasurement = Extract<Measurement, { task: 'forecasting' }>;
export type PredictionMeasurement = Exclude<Measurement, ForecastMeasurement>;

/** A window of a model, or undefined when it was never measured. */
export async function findMonitoring(
  models: ObjectStore,
  model: string,
  window: string,
): Promise<MonitoringRecord | undefined> {
  const object = await models.get(modelKeys.window(model, window, 'json'));
  return object && monitoringSchema.parse(JSON.parse(object.body.toString()));
}

/** Names of the windows of a model, in the order of time. */
export async function listWindows(models: ObjectStore, model: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of models.list(modelKeys.monitoring(model))) {
    if (key.endsWith('.json')) names.push(key.slice(modelKeys.monitoring(model).length, -'.json'.length));
  }
  return names;
}

/** Every window of a model, in the order of time. */
export async function listMonitoring(models: ObjectStore, model: string): Promise<MonitoringRecord[]> {
  const records: MonitoringRecord[] = [];
  for (const window of await listWindows(models, model)) {
    const record = await findMonitoring(models, model, window);
    if (record !== undefined) records.push(record);
  }
  return records;
}
