import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Spec } from '../../core/spec/schema.ts';
import type { MetricId } from '../../core/telemetry/metrics.ts';
import { modelMetric } from './model-metric.ts';
import type { OwnerRole, OwnerTopics } from './owner-topics.ts';

interface AlarmDefinition {
  /** Its name after the model's, and its heading in docs/runbook.md. */
  readonly heading: string;
  /** What happened, in one plain sentence. */
  readonly happened: string;
  readonly metric: MetricId;
  readonly statistic: 'Sum' | 'Maximum';
  /** When the alarm goes off. */
  readonly when: { readonly atLeast: number } | { readonly above: number };
  readonly concerns: readonly OwnerRole[];
}

/** The alarms of a model. */
export const alarmsFor = ({ name, monitoring: { performance } }: Spec): readonly AlarmDefinition[] => [
  {
    heading: 'Uploads quarantined',
    happened: `A file for ${name} broke its quality contract and lies in quarantine; nothing was trained on it.`,
    metric: 'UploadsQuarantined',
    statistic: 'Sum',
    when: { atLeast: 1 },
    concerns: ['data'],
  },
  {
    heading: 'Workflow failed',
    happened: `A workflow of ${name} ended with an error; production is as it was.`,
    metric: 'WorkflowFailures',
    statistic: 'Sum',
    when: { atLeast: 1 },
    concerns: ['operations'],
  },
  {
    heading: 'Forecast error',
    happened:
      `The ${performance.metric} of ${name} in production is more than ${Number((performance.max_drop * 100).toFixed(2))} % ` +
      'worse than on its test data.',
    metric: 'ForecastErrorRatio',
    statistic: 'Maximum',
    when: { above: 1 + performance.max_drop },
    concerns: ['model', 'operations'],
  },
];

export interface ModelAlarmsProps {
  readonly spec: Spec;
  readonly owners: OwnerTopics;
}

/** The alarms of a model, each to the owners whom it concerns. */
export class ModelAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, { spec, owners }: ModelAlarmsProps) {
    super(scope, id);
    this.alarms = alarmsFor(spec).map(({ heading, happened, metric, statistic, when, concerns }) => {
      const alarm = new Alarm(this, metric, {
        alarmName: `Antei ${spec.name}: ${heading.toLowerCase()}`,
        alarmDescription: `${happened} Concerns: ${concerns.join(' and ')}. See docs/runbook.md, "${heading}".`,
        metric: modelMetric(spec.name, metric, { statistic, period: Duration.minutes(5) }),
        ...('above' in when
          ? { threshold: when.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
          : {
              threshold: when.atLeast,
              comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            }),
        evaluationPeriods: 1,
        // The metrics come with events: no value means that nothing happened.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      for (const role of concerns) alarm.addAlarmAction(new SnsAction(owners.topics[role]));
      return alarm;
    });
  }
}
