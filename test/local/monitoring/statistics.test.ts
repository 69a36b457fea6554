import { expect, test } from 'vitest';
import type { MetricPoint } from '../../../local/monitoring/embedded-metric.ts';
import { statistic, windowValues } from '../../../local/monitoring/statistics.ts';

test.each<[string, number]>([
  ['Sum', 15],
  ['Average', 3],
  ['Minimum', 1],
  ['Maximum', 5],
  ['SampleCount', 5],
  ['p0', 1],
  ['p50', 3],
  ['p90', 5],
  ['p99.9', 5],
  ['p100', 5],
  ['p20', 1],
  ['p20.1', 2],
])('%s of 5, 1, 4, 2, 3 is %d', (name, expected) => {
  expect(statistic(name)?.([5, 1, 4, 2, 3])).toBe(expected);
});

test.each(['', 'tm90', 'p101', 'p', 'IQM', 'toString'])('"%s" is no statistic', name => {
  expect(statistic(name)).toBeUndefined();
});

test('values fall into the windows that end with the last', () => {
  const MINUTE = 60_000;
  const point = (time: number, ...values: number[]): MetricPoint => ({
    namespace: 'n',
    name: 'm',
    dimensions: {},
    time,
    values,
    unit: 'None',
  });
  const points = [
    point(4 * MINUTE - 1, 100),
    point(4 * MINUTE, 1),
    point(9 * MINUTE - 1, 2),
    point(9 * MINUTE, 4, 8),
    point(13 * MINUTE, 16),
    point(14 * MINUTE, 1000),
  ];
  const windows = { period: 5 * MINUTE, end: 14 * MINUTE, count: 2 };
  expect(windowValues(points, windows, statistic('Sum') ?? (() => 0))).toEqual([3, 28]);
  expect(windowValues(points, { ...windows, end: 30 * MINUTE }, values => values.length)).toEqual([
    undefined,
    undefined,
  ]);
});
