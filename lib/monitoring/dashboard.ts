import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Spec } from '../../core/spec/schema.ts';
import type { MetricId } from '../../core/telemetry/metrics.ts';
import { namesIn } from '../names.ts';
import type { ModelAlarms } from './alarms.ts';
import { modelMetric } from './model-metric.ts';

/** One page per model: its alarms, what came in, what was trained, how good its predictions are, how it answers. */
export function modelDashboard(
  scope: Construct,
  id: string,
  { name }: Spec,
  { alarms }: ModelAlarms,
): Dashboard {
  const graph = (title: string, statistics: readonly string[], metrics: readonly MetricId[]): IWidget =>
    new GraphWidget({
      title,
      width: 12,
      left: metrics.flatMap(metric =>
        statistics.map(statistic =>
          modelMetric(name, metric, { statistic, period: Duration.hours(1) }).with(
            statistics.length > 1 ? { label: `${metric} ${statistic}` } : {},
          ),
        ),
      ),
      leftYAxis: { min: 0 },
    });
  return new Dashboard(scope, id, {
    dashboardName: namesIn(scope).dashboard(name),
    defaultInterval: Duration.days(14),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', width: 24, alarms: [...alarms] })],
      [
        graph('Uploads', ['Sum'], ['UploadsAccepted', 'UploadsQuarantined']),
        graph('Rows', ['Sum'], ['RowsAccepted', 'RowsRejected']),
      ],
      [
        graph('Training', ['Sum'], ['RunsSucceeded', 'RunsFailed', 'GatePassed', 'GateRefused']),
        graph(
          'Production',
          ['Sum'],
          ['Promotions', 'Rollbacks', 'ApprovalsRequested', 'IncidentsOpened', 'IncidentsClosed'],
        ),
      ],
      [graph('Failed workflows', ['Sum'], ['WorkflowFailures'])],
      [
        graph('Error of the predictions', ['Maximum'], ['ForecastError', 'LabelCoverage']),
        graph(
          'Error, measured and estimated, as a multiple of the error on test data',
          ['Maximum'],
          ['ForecastErrorRatio', 'EstimatedErrorRatio'],
        ),
      ],
      [
        graph('Drift', ['Maximum'], ['DriftedShare', 'DatasetDrift', 'DriftedWindows', 'PredictionDrift']),
        graph('Age of the newest data, as a multiple of what is allowed', ['Maximum'], ['DataStaleness']),
      ],
      [
        graph('Requests', ['Sum'], ['EndpointRequests', 'EndpointErrors', 'EndpointRefusals']),
        graph('Time to answer', ['p50', 'p99'], ['EndpointLatency']),
      ],
    ],
  });
}
