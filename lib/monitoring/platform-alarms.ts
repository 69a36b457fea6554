import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PLATFORM_ALARMS } from '../../core/monitoring/alarm-names.ts';
import { namesIn } from '../names.ts';
import { alarmsOf } from './notification-key.ts';

export interface PlatformAlarmsProps {
  readonly deadLetters: IQueue;
  readonly key: IKey;
  /**
   * Mail address of who operates the platform.
   * @default nobody is told until somebody subscribes to the topic
   */
  readonly operations?: string;
}

/** Alarms about what no model answers for, to a topic of the platform's own. */
export class PlatformAlarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deadLetters, key, operations }: PlatformAlarmsProps) {
    super(scope, id);
    const { platformAlarm, title } = namesIn(this);
    this.topic = new Topic(this, 'Topic', {
      displayName: `${title}: operations`,
      masterKey: key,
      enforceSSL: true,
    });
    this.topic.grantPublish(alarmsOf(this));
    if (operations !== undefined) this.topic.addSubscription(new EmailSubscription(operations));

    new Alarm(this, 'DeadLetters', {
      alarmName: platformAlarm('deadLetters'),
      alarmDescription:
        'EventBridge could not deliver an event to a workflow; it waits in the queue of dead letters. ' +
        `See docs/runbook.md, "${PLATFORM_ALARMS.deadLetters}".`,
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(5),
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // SQS is silent about a queue that nobody has used for hours.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.topic));
  }
}
