import { environment } from './environment.ts';

/** Every metric that Antei emits: handlers, alarms and dashboards import the names from here. */
const NAMESPACE = 'Antei';

/** The one dimension that every metric has. */
export const MODEL_DIMENSION = 'Model';

/** Metric name to CloudWatch unit. */
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
 */
export function embeddedMetric(
  model: string,
  time: string,
  values: Partial<Record<MetricId, number>>,
): string {
  const names = Object.keys(values) as MetricId[];
  return JSON.stringify({
    _aws: {
      Timestamp: Date.parse(time),
      CloudWatchMetrics: [
        {
          Namespace: environment('metricNamespace', NAMESPACE),
          Dimensions: [[MODEL_DIMENSION]],
          Metrics: names.map(name => ({ Name: name, Unit: METRICS[name] })),
        },
      ],
    },
    [MODEL_DIMENSION]: model,
    ...values,
  });
}
