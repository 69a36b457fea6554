import { expect, test } from 'vitest';
import type { Assessment } from '../../../core/evaluation/assess.ts';
import { breakdownOf } from '../../../core/evaluation/breakdown.ts';
import { measureForecasts } from '../../../core/evaluation/metrics.ts';

const _ = Number.NaN;
const assessment = (forecasts: Record<string, number[]>): Assessment => {
  const comparisons = Object.entries(forecasts).map(([key, forecast]) => ({
    ...{ key: [key], scale: { absolute: 2, squared: 4 } },
    ...{ actual: Float64Array.from([10, 10, 10, 10, 10]), forecast: Float64Array.from(forecast) },
  }));
  return { comparisons, ahead: [1, 2, 1, 2, 1], metrics: measureForecasts(comparisons) };
};

test('errors by series and by steps ahead, over all origins', () => {
  // Two folds of two steps, and a third that a long test part leaves out.
  const chosen = assessment({ a: [11, 13, 11, 15, _], b: [10, 10, 12, 10, _] });
  const naive = assessment({ a: [12, 12, 12, 12, _], b: [12, 12, 12, 12, _] });
  const { origins, series, horizon } = breakdownOf(chosen, naive);
  expect(origins).toBe(2);
  expect(series.map(({ key, metrics }) => [key, metrics.mase, metrics.points])).toEqual([
    [['a'], (1 + 3 + 1 + 5) / 4 / 2, 4],
    [['b'], 2 / 4 / 2, 4],
  ]);
  expect(
    horizon.map(({ ahead, chosen: one, baseline }) => [ahead, one.bias, one.points, baseline.mase]),
  ).toEqual([
    [1, (1 + 1 + 0 + 2) / 4, 4, 1],
    [2, (3 + 5 + 0 + 0) / 4, 4, 1],
  ]);
});
