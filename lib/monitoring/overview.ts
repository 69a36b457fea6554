import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type MetricId, MODEL_DIMENSION } from '../../core/telemetry/metrics.ts';
import { METRIC_NAMESPACE, namesIn } from '../names.ts';

export interface OverviewProps {
  readonly machines: readonly StateMachine[];
  readonly functions: readonly LambdaFunction[];
}

/** One page for the whole platform: every model side by side, then the workflows and functions that all share. */
export function overviewDashboard(
  scope: Construct,
  id: string,
  { machines, functions }: OverviewProps,
): Dashboard {
  const graph = (title: string, left: IMetric[]): IWidget =>
    new GraphWidget({ title, width: 12, left, leftYAxis: { min: 0 } });
  const hour = { period: Duration.hours(1) };
  return new Dashboard(scope, id, {
    dashboardName: namesIn(scope).dashboard(),
    defaultInterval: Duration.days(14),
    widgets: [
      [
        graph('Error, as a multiple of the error on test data', [
          everyModel('ForecastErrorRatio', 'Maximum'),
        ]),
        graph('Drifted windows of the last three', [everyModel('DriftedWindows', 'Maximum')]),
      ],
      [
        graph('Uploads in quarantine', [everyModel('UploadsQuarantined', 'Sum')]),
        graph('Age of the newest data, as a multiple of what is allowed', [
          everyModel('DataStaleness', 'Maximum'),
        ]),
      ],
      [
        graph('Versions put into production', [everyModel('Promotions', 'Sum')]),
        graph('Incidents', [everyModel('IncidentsOpened', 'Sum')]),
      ],
      [
        graph('Requests', [everyModel('EndpointRequests', 'Sum')]),
        graph('Requests that failed', [everyModel('EndpointErrors', 'Sum')]),
      ],
      [
        graph(
          'Workflows started',
          machines.map(machine => machine.metricStarted(hour)),
        ),
        graph(
          'Workflows that failed or ran out of time',
          machines.flatMap(machine => [machine.metricFailed(hour), machine.metricTimedOut(hour)]),
        ),
      ],
      [
        graph(
          'Functions that failed',
          functions.map(one => one.metricErrors(hour)),
        ),
        graph(
          'Time of the functions',
          functions.map(one => one.metricDuration({ ...hour, statistic: 'Maximum' })),
        ),
      ],
    ],
  });
}

/** A metric of whatever models there are: the platform does not know their names. */
const everyModel = (metric: MetricId, statistic: 'Sum' | 'Maximum'): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},${MODEL_DIMENSION}} MetricName="${metric}"', '${statistic}', 3600)`,
    usingMetrics: {},
    label: '',
    period: Duration.hours(1),
  });
