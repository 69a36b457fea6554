import * as z from 'zod';
import { measuresSchema } from '../evaluation/measures.ts';
import { metricsSchema } from '../evaluation/metrics.ts';
import { METRIC_NAMES } from '../spec/metrics.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';

const share = z.number().nullable();

const facts = z.object({
  model: z.string(),
  /** Name of the window, and the periods it has: `to` is not in it. */
  window: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** One plain sentence. */
  summary: z.string(),
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
export type Measurement = Extract<MonitoringRecord, { measured: true }>;
export type ForecastMeasurement = Extract<Measurement, { task: 'forecasting' }>;
export type PredictionMeasurement = Exclude<Measurement, ForecastMeasurement>;

/** Every window of a model, in the order of time. */
export async function listMonitoring(models: ObjectStore, model: string): Promise<MonitoringRecord[]> {
  const records: MonitoringRecord[] = [];
  for await (const { key } of models.list(modelKeys.monitoring(model))) {
    if (!key.endsWith('.json')) continue;
    const object = await models.get(key);
    if (object !== undefined) records.push(monitoringSchema.parse(JSON.parse(object.body.toString())));
  }
  return records;
}
