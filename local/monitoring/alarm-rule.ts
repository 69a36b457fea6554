import type { AlarmState } from '../cloud-event.ts';
import type { PropertiesOf } from '../template/properties.ts';

/** How an alarm decides. */
export type AlarmRule = Pick<
  PropertiesOf<'AWS::CloudWatch::Alarm'>,
  'EvaluationPeriods' | 'DatapointsToAlarm' | 'Threshold' | 'ComparisonOperator' | 'TreatMissingData'
>;

export interface Judgement {
  readonly state: AlarmState;
  /** One plain sentence. */
  readonly reason: string;
}

const COMPARISONS = {
  GreaterThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value >= threshold,
    words: 'at least',
  },
  GreaterThanThreshold: {
    breaches: (value: number, threshold: number) => value > threshold,
    words: 'more than',
  },
  LessThanThreshold: {
    breaches: (value: number, threshold: number) => value < threshold,
    words: 'less than',
  },
  LessThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value <= threshold,
    words: 'at most',
  },
} as const;

/**
 * The state of an alarm by CloudWatch's rules for missing data: with enough real values only those count; otherwise
 * as few missing ones as possible are filled in as the alarm says. When all that is there breaches, is too little to
 * count as an alarm, and nothing else is known, the alarm waits for more before it changes.
 * @param values One per period, the oldest first, undefined where there was no data. At least `EvaluationPeriods` many.
 * @param previous The state so far; `ignore` keeps it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(
  rule: AlarmRule,
  values: readonly (number | undefined)[],
  previous: AlarmState,
): Judgement {
  const {
    EvaluationPeriods: periods,
    DatapointsToAlarm: needed = periods,
    Threshold,
    TreatMissingData,
  } = rule;
  const { breaches, words } = COMPARISONS[rule.ComparisonOperator];
  const isBreaching = (value: number) => breaches(value, Threshold);
  const present = values.filter(value => value !== undefined);
  const recent = present.slice(-periods);
  const breaching = recent.filter(isBreaching).length;
  const missing = periods - recent.length;

  const say = (state: AlarmState): Judgement => ({
    state,
    reason: `${whatIsThere(recent, breaching, periods, `${words} ${Threshold}`)}${whatIsMissing(missing, periods, TreatMissingData)}`,
  });
  if (breaching >= needed) return say('ALARM');
  if (missing === 0) return say('OK');
  switch (TreatMissingData) {
    case 'breaching':
      return say(breaching + missing >= needed ? 'ALARM' : 'OK');
    case 'notBreaching':
      return say('OK');
    case 'ignore':
      return say(recent.length > breaching ? 'OK' : previous);
    case 'missing': {
      if (recent.length === 0) return say('INSUFFICIENT_DATA');
      if (recent.length > breaching) return say('OK');
      const oldest = values.length - values.findIndex(value => value !== undefined);
      return say(oldest >= needed ? 'ALARM' : previous);
    }
  }
}

function whatIsThere(
  values: readonly number[],
  breaching: number,
  periods: number,
  condition: string,
): string {
  const [only] = values;
  if (only === undefined) return `no data in the last ${periods === 1 ? 'period' : `${periods} periods`}`;
  if (values.length === 1)
    return `the last value, ${short(only)}, is ${breaching === 1 ? '' : 'not '}${condition}`;
  const list = values.map(short).join(', ');
  return `${breaching} of the last ${values.length} values ${breaching === 1 ? 'is' : 'are'} ${condition}: ${list}`;
}

const TREATMENT = {
  breaching: 'counted as a breach',
  notBreaching: 'counted as no breach',
  ignore: 'left out of account',
  missing: 'unknown',
} as const satisfies Record<AlarmRule['TreatMissingData'], string>;

function whatIsMissing(missing: number, periods: number, treatment: AlarmRule['TreatMissingData']): string {
  if (missing === 0) return '';
  if (missing === periods) return `, ${TREATMENT[treatment]}`;
  return `; ${missing} of ${periods} without data, ${TREATMENT[treatment]}`;
}

/** Six significant digits. */
const short = (value: number): string => String(Number(value.toPrecision(6)));
