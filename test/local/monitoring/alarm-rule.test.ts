import { describe, expect, test } from 'vitest';
import type { AlarmState } from '../../../local/cloud-event.ts';
import { type AlarmRule, judge } from '../../../local/monitoring/alarm-rule.ts';

const RULE: AlarmRule = {
  EvaluationPeriods: 3,
  DatapointsToAlarm: 3,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'missing',
};

/** `X` breaches, `0` does not, `-` is missing. */
const values = (text: string): (number | undefined)[] =>
  text.split(' ').map(sign => (sign === '-' ? undefined : sign === 'X' ? 2 : 0));

const KEPT: AlarmState = 'INSUFFICIENT_DATA';
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

/** The states by treatment of missing data, in the order above. */
function states(needed: number, text: string): AlarmState[] {
  return treatments.map(
    TreatMissingData =>
      judge({ ...RULE, DatapointsToAlarm: needed, TreatMissingData }, values(text), KEPT).state,
  );
}

describe('missing data, as the tables of the CloudWatch user guide say', () => {
  test.each<[string, number, AlarmState[]]>([
    ['0 - X - X', 3, ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', 3, ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', 3, ['INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK']],
    ['0 X X - X', 3, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', 3, ['ALARM', KEPT, 'ALARM', 'OK']],
    ['- - - - X', 3, ['INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK']],
    ['X - - - -', 3, ['ALARM', KEPT, 'ALARM', 'OK']],
    ['0 - X - X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', 2, ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', 2, ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - X', 2, ['INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK']],
  ])('%s with %i of 3', (text, needed, expected) => {
    expect(states(needed, text)).toEqual(expected);
  });
});

test('a breach that stands alone and is recent changes nothing yet', () => {
  const alone = values('- - X');
  expect(judge(RULE, alone, 'OK').state).toBe('OK');
  expect(judge(RULE, values('X - -'), 'OK').state).toBe('ALARM');
});

test.each<[AlarmRule['ComparisonOperator'], number, number, number]>([
  ['GreaterThanOrEqualToThreshold', 1, 1.01, 0.99],
  ['GreaterThanThreshold', 1.01, 2, 1],
  ['LessThanThreshold', 0.99, 0, 1],
  ['LessThanOrEqualToThreshold', 1, 0, 1.01],
])('%s', (ComparisonOperator, breach, other, none) => {
  const rule: AlarmRule = { ...RULE, ComparisonOperator, EvaluationPeriods: 1, DatapointsToAlarm: 1 };
  expect([breach, other, none].map(value => judge(rule, [value], 'OK').state)).toEqual([
    'ALARM',
    'ALARM',
    'OK',
  ]);
});

test('without DatapointsToAlarm all periods must breach', () => {
  const { DatapointsToAlarm: _, ...rule } = RULE;
  expect(judge(rule, values('X X 0'), 'OK').state).toBe('OK');
  expect(judge(rule, values('X X X'), 'OK').state).toBe('ALARM');
});

test.each<[string, Partial<AlarmRule>, string]>([
  ['X', { EvaluationPeriods: 1 }, 'the last value, 2, is at least 1'],
  ['0', { EvaluationPeriods: 1 }, 'the last value, 0, is not at least 1'],
  ['-', { EvaluationPeriods: 1 }, 'no data in the last period, unknown'],
  ['- - -', { TreatMissingData: 'notBreaching' }, 'no data in the last 3 periods, counted as no breach'],
  ['X 0 X', {}, '2 of the last 3 values are at least 1: 2, 0, 2'],
  [
    '0 - X',
    { TreatMissingData: 'breaching' },
    '1 of the last 2 values is at least 1: 0, 2; 1 of 3 without data, counted as a breach',
  ],
])('the reason for %s with %j', (text, changes, reason) => {
  expect(judge({ ...RULE, ...changes }, values(text), 'OK').reason).toBe(reason);
});
