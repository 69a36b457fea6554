import { expect, test } from 'vitest';
import {
  readableMetric,
  readableNumber,
  readableShare,
  readableTime,
} from '../../../core/insights/readable.ts';

test.each([
  ['2026-03-16T00:00:00.000Z', '2026-03-16'],
  ['2026-03-16T05:30:00.000Z', '2026-03-16 05:30'],
  ['2026-03-16T00:00:07.000Z', '2026-03-16 00:00:07'],
  ['2026-03-16T09:00:00+09:00', '2026-03-16'],
  ['2026-03-16T10:00:00.250Z', '2026-03-16 10:00:00.250'],
])('the moment %s is %s', (moment, text) => {
  expect(readableTime(moment)).toBe(text);
});

test('numbers have five digits, shares are percent, and null is none', () => {
  expect([1 / 3, 123456.7, 0, 2, null].map(readableNumber)).toEqual(['0.33333', '123460', '0', '2', 'none']);
  expect([0.1234, 1, null, Number.NaN].map(readableShare)).toEqual(['12.3 %', '100.0 %', 'none', 'none']);
  expect((['mase', 'smape', 'wape', 'rmse'] as const).map(readableMetric)).toEqual([
    'MASE',
    'sMAPE',
    'WAPE',
    'RMSE',
  ]);
});
