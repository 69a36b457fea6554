import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, Dashboard, GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Spec } from '../../core/spec/schema.ts';
import type { MetricId } from '../../core/telemetry/metrics.ts';
import type { ModelAlarms } from './alarms.ts';
import { modelMetric } from './model-metric.ts';

/** One page per model: its alarms, what came in, what was trained, how good the forecasts are. */
export function modelDashboard(
  scope: Construct,
  id: string,
  { name }: Spec,
  { alarms }: ModelAlarms,
): Dashboard {
  const graph = (title: string, statistic: 'Sum' | 'Maximum', metrics: readonly MetricId[]): IWidget =>
    new GraphWidget({
      title,
      width: 12,
      left: metrics.map(metric => modelMetric(name, metric, { statistic, period: Duration.hours(1) })),
      leftYAxis: { min: 0 },
    });
  return new Dashboard(scope, id, {
    dashboardName: `Antei-${name}`,
    defaultInterval: Duration.days(14),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', width: 24, alarms: [...alarms] })],
      [
        graph('Uploads', 'Sum', ['UploadsAccepted', 'UploadsQuarantined']),
        graph('Rows', 'Sum', ['RowsAccepted', 'RowsRejected']),
      ],
      [
        graph('Training', 'Sum', ['RunsSucceeded', 'RunsFailed', 'GatePassed', 'GateRefused']),
        graph('Production', 'Sum', ['Promotions', 'Rollbacks', 'ApprovalsRequested']),
      ],
      [graph('Failed workflows', 'Sum', ['WorkflowFailures'])],
      [
        graph('Forecast error', 'Maximum', ['ForecastError']),
        graph('Forecast error, as a multiple of the error on test data', 'Maximum', ['ForecastErrorRatio']),
      ],
    ],
  });
}
