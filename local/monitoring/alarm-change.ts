import { identityOf } from '../../core/storage/digest.ts';
import type { AlarmState } from '../cloud-event.ts';
import { type BusEvent, eventTime } from '../events/event.ts';
import type { Delivery } from '../state/deliveries.ts';
import type { Resource } from '../template/resources.ts';

/** An alarm that goes from one state to another. */
export interface AlarmChange {
  readonly alarm: Resource<'AWS::CloudWatch::Alarm'>;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly time: Date;
}

/** The same for the same change, also when it is found again after a restart. */
const changeId = ({ alarm, to, time }: AlarmChange): string =>
  identityOf([alarm.arn, to, time.toISOString()]);

/** What the alarm's actions for its new state receive. */
export function alarmActions(change: AlarmChange): Delivery[] {
  const { alarm, from, to, reason, time } = change;
  const { ActionsEnabled, AlarmActions, OKActions, InsufficientDataActions } = alarm.properties;
  if (!ActionsEnabled) return [];
  const targets = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[to];
  return targets.map(target => ({
    id: identityOf([changeId(change), target]),
    target,
    subject: `${to}: "${alarm.name}"`,
    input: {
      AlarmName: alarm.name,
      AlarmDescription: alarm.properties.AlarmDescription,
      AWSAccountId: alarm.account,
      NewStateValue: to,
      NewStateReason: reason,
      StateChangeTime: time.toISOString(),
      Region: alarm.region,
      AlarmArn: alarm.arn,
      OldStateValue: from,
    },
    time: eventTime(time),
  }));
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export function alarmEvent(change: AlarmChange): BusEvent {
  const { alarm, from, to, reason, time } = change;
  return {
    version: '0',
    id: changeId(change),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: alarm.account,
    time: eventTime(time),
    region: alarm.region,
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: { value: to, reason, timestamp: time.toISOString() },
      previousState: { value: from },
      configuration: { description: alarm.properties.AlarmDescription },
    },
  };
}
