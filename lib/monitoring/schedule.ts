import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { durationOf } from '../../core/spec/schema.ts';

/** EventBridge counts minutes, hours and days only: a month is 30 days here. */
const DAYS_PER_MONTH = 30;

/** How often to measure, from a duration of the spec. */
export function scheduleOf(every: string): Schedule {
  const { months, milliseconds } = durationOf(every);
  return Schedule.rate(
    months > 0 ? Duration.days(months * DAYS_PER_MONTH) : Duration.minutes(milliseconds / 60_000),
  );
}
