import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IAlarm,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { ALARMS, CONCERNS, opensIncident } from '../../core/monitoring/alarm-names.ts';
import type { Spec } from '../../core/spec/schema.ts';
import { capitalized } from '../capitalized.ts';
import { namesIn } from '../names.ts';
import { type AlarmDefinition, alarmsFor } from './alarm-definitions.ts';
import type { OwnerTopics } from './owner-topics.ts';

export interface ModelAlarmsProps {
  readonly spec: Spec;
  readonly owners: OwnerTopics;
}

/** The alarms of a model, each to the owners whom it concerns. */
export class ModelAlarms extends Construct {
  readonly alarms: readonly IAlarm[];
  /** Names of those whose going off is an incident. */
  readonly incidents: readonly string[];

  constructor(scope: Construct, id: string, { spec, owners }: ModelAlarmsProps) {
    super(scope, id);
    const names = namesIn(this);
    const definitions = alarmsFor(spec);
    this.incidents = definitions
      .filter(({ alarm }) => opensIncident(alarm))
      .map(({ alarm }) => names.alarm(spec.name, alarm));
    this.alarms = definitions.map(definition => {
      const { alarm: kind, happened, metric, periods = { of: 1, breaching: 1 } } = definition;
      const [heading, concerns] = [ALARMS[kind], CONCERNS[kind]];
      const alarm = new Alarm(this, capitalized(kind), {
        alarmName: names.alarm(spec.name, kind),
        alarmDescription: `${happened} Concerns: ${concerns.join(' and ')}. See docs/runbook.md, "${heading}".`,
        metric,
        ...condition(definition.when),
        evaluationPeriods: periods.of,
        datapointsToAlarm: periods.breaching,
        treatMissingData:
          definition.silence === 'no news' ? TreatMissingData.IGNORE : TreatMissingData.NOT_BREACHING,
      });
      for (const role of concerns) alarm.addAlarmAction(new SnsAction(owners.topics[role]));
      return alarm;
    });
  }
}

function condition(when: AlarmDefinition['when']): Pick<AlarmProps, 'threshold' | 'comparisonOperator'> {
  return 'above' in when
    ? { threshold: when.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
    : {
        threshold: when.atLeast,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      };
}
