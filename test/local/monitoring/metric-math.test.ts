import { expect, test } from 'vitest';
import { compileMetricMath, MetricMathError } from '../../../local/monitoring/metric-math.ts';

const VALUES: Readonly<Record<string, number>> = { a: 6, b: 3, zero: 0 };

test.each<[string, number | undefined]>([
  ['a', 6],
  ['a + b * 2', 12],
  ['(a + b) * 2', 18],
  ['a - b - 1', 2],
  ['a / b / 2', 1],
  ['-a + 10', 4],
  ['a / zero', undefined],
  ['a + gone', undefined],
  ['FILL(gone, 0) + a', 6],
  ['100 * FILL(a, 1) / (a + b)', 600 / 9],
  ['0.5*a', 3],
])('%s = %s', (expression, expected) => {
  expect(compileMetricMath(expression).evaluate(id => VALUES[id])).toBe(expected);
});

test('the ids of an expression', () => {
  expect([...compileMetricMath('FILL(m1, 0) / (m2 - m1)').ids]).toEqual(['m1', 'm2']);
});

test.each([
  '',
  'a +',
  '(a',
  'a b',
  'SUM(METRICS())',
  'a > 1',
  'RATE(a)',
  'FILL(a, REPEAT)',
  'ANOMALY_DETECTION_BAND(a, 2)',
])('"%s" is refused', expression => {
  expect(() => compileMetricMath(expression)).toThrow(MetricMathError);
});
