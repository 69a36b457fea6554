import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { durationOf, type Spec } from '../../core/spec/schema.ts';

/** EventBridge counts minutes, hours and days only: a month is 30 days here. */
const DAYS_PER_MONTH = 30;
const HOURS_PER_DAY = 24;

/** How often to measure, from a duration of the spec. */
export function scheduleOf(every: string): Schedule {
  const { months, milliseconds } = durationOf(every);
  return Schedule.rate(
    months > 0 ? Duration.days(months * DAYS_PER_MONTH) : Duration.minutes(milliseconds / 60_000),
  );
}

/** How often to look for new data: as often as the strictest freshness of the spec, at most daily; undefined where none is asked for. */
export function freshnessScheduleOf({ tables }: Spec): Schedule | undefined {
  const allowed = Object.values(tables).flatMap(({ freshness }) =>
    freshness === undefined ? [] : [durationOf(freshness)],
  );
  if (allowed.length === 0) return undefined;
  const hours = allowed.map(({ months, milliseconds }) =>
    months > 0 ? HOURS_PER_DAY : Math.floor(milliseconds / 3_600_000),
  );
  return Schedule.rate(Duration.hours(Math.max(1, Math.min(HOURS_PER_DAY, ...hours))));
}
