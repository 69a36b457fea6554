import { ownNames } from './environment.ts';

/** The one dimension that every metric has. */
export const MODEL_DIMENSION = 'Model';

/** Which version of the model it was about, where several are in production: `champion` or `challenger`. */
export const VARIANT_DIMENSION = 'Variant';

/** Every metric that Antei emits, with its CloudWatch unit: handlers, alarms and dashboards import the names from here. */
export const METRICS = {
  /** Uploads that passed the quality gate. */
  UploadsAccepted: 'Count',
  /** Uploads that were put into quarantine. */
  UploadsQuarantined: 'Count',
  /** Rows that entered accepted parts. */
  RowsAccepted: 'Count',
  /** Rows that were kept out, alone or with their whole file. */
  RowsRejected: 'Count',
  /** Training runs by outcome. */
  RunsSucceeded: 'Count',
  RunsFailed: 'Count',
  /** Gate decisions by outcome. */
  GatePassed: 'Count',
  GateRefused: 'Count',
  /** Changes of the production pointer. */
  Promotions: 'Count',
  /** Versions that production went back from. */
  Rollbacks: 'Count',
  /** Versions that wait for a person's decision. */
  ApprovalsRequested: 'Count',
  /** Workflow executions that ended in Record failure. */
  WorkflowFailures: 'Count',
  /** Gate metric of the forecasts in force, against what happened. */
  ForecastError: 'None',
  /** `ForecastError` over the same metric on the version's test part: 1 means as good as promised. */
  ForecastErrorRatio: 'None',
  /** How many of the last three windows had inputs that drifted as a whole. */
  DriftedWindows: 'Count',
  /** Age of a table's newest rows over the age that its spec allows, of the table that is worst: above 1 is too old. */
  DataStaleness: 'None',
  /** Share of the features, or series, of a window that drifted from the version's reference. */
  DriftedShare: 'None',
  /** 1 where that share is one that the spec calls drift, else 0. */
  DatasetDrift: 'None',
  /** How far the predictions are from those on the test part, over how far they may be: above 1 is drift. */
  PredictionDrift: 'None',
  /** An estimate of `ForecastErrorRatio` that needs no ground truth. */
  EstimatedErrorRatio: 'None',
  /** Share of what was predicted for a window whose ground truth is known by now. */
  LabelCoverage: 'None',
  /** What the endpoint was asked, how often it failed, how often it refused, and how long it took. */
  EndpointRequests: 'Count',
  EndpointErrors: 'Count',
  EndpointRefusals: 'Count',
  EndpointLatency: 'Milliseconds',
  /** Alarms that went off about production, and that were over. */
  IncidentsOpened: 'Count',
  IncidentsClosed: 'Count',
} as const;

export type MetricId = keyof typeof METRICS;

/**
 * One line of CloudWatch's Embedded Metric Format.
 * @param time ISO 8601; the moment the values belong to, not the moment of writing.
 * @param variant Counts the values for the variant as well as for the model.
 */
export function embeddedMetric(
  model: string,
  time: string,
  values: Partial<Record<MetricId, number>>,
  variant?: string,
): string {
  const names = Object.keys(values) as MetricId[];
  return JSON.stringify({
    _aws: {
      Timestamp: Date.parse(time),
      CloudWatchMetrics: [
        {
          Namespace: ownNames().metricNamespace,
          Dimensions: [
            [MODEL_DIMENSION],
            ...(variant === undefined ? [] : [[MODEL_DIMENSION, VARIANT_DIMENSION]]),
          ],
          Metrics: names.map(name => ({ Name: name, Unit: METRICS[name] })),
        },
      ],
    },
    [MODEL_DIMENSION]: model,
    ...(variant !== undefined && { [VARIANT_DIMENSION]: variant }),
    ...values,
  });
}
