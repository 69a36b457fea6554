import { describe, expect, test } from 'vitest';
import { coverageOf } from '../../../core/evaluation/coverage.ts';
import { type Comparison, measureForecasts } from '../../../core/evaluation/metrics.ts';
import { rankSeries } from '../../../core/evaluation/rank-series.ts';
import { errorScale, naiveLag } from '../../../core/evaluation/scale.ts';

const _ = Number.NaN;
const values = (...numbers: number[]): Float64Array => Float64Array.from(numbers);
const series = (
  actual: number[],
  forecast: number[],
  scale = { absolute: 1, squared: 1 },
  key = ['a'],
): Comparison => ({
  ...{ key, scale },
  ...{ actual: values(...actual), forecast: values(...forecast) },
});

describe('errorScale', () => {
  test('is the mean absolute and squared difference one season apart', () => {
    // Differences at lag 2: 3 - 1 = 2, 6 - 2 = 4, 3 - 3 = 0.
    expect(errorScale(values(1, 2, 3, 6, 3), 2)).toEqual({ absolute: 2, squared: 20 / 3 });
    expect(errorScale(values(1, 4, 2), 1)).toEqual({ absolute: 2.5, squared: 6.5 });
  });

  test('leaves out pairs with a missing value', () => {
    expect(errorScale(values(1, _, 3, 7), 1)).toEqual({ absolute: 4, squared: 16 });
  });

  test('is NaN for a history without two values one season apart', () => {
    expect(errorScale(values(1, 2), 2)).toEqual({ absolute: _, squared: _ });
  });

  test('refers to the first season, or to the step before', () => {
    expect([naiveLag([24, 168]), naiveLag([])]).toEqual([24, 1]);
  });
});

describe('measureForecasts', () => {
  test('one series, by hand', () => {
    // Errors +1, -2, 0; absolute 1, 2, 0; squared 1, 4, 0.
    const measured = measureForecasts([series([2, 4, 6], [3, 2, 6], { absolute: 2, squared: 5 })]);
    expect(measured).toEqual({
      mase: 1 / 2,
      rmsse: Math.sqrt(5 / 3 / 5),
      smape: (2 / 5 + 4 / 6 + 0) / 3,
      wape: 3 / 12,
      rmse: Math.sqrt(5 / 3),
      bias: -1 / 3,
      points: 3,
      series: 1,
      unscaled: 0,
    });
  });

  test('scaled errors and sMAPE are means over series, the others are over all points', () => {
    const measured = measureForecasts([
      series([10], [12], { absolute: 1, squared: 4 }),
      series([1, 1, 1], [1, 1, 2], { absolute: 1, squared: 1 / 3 }),
    ]);
    expect(measured.mase).toBeCloseTo((2 + 1 / 3) / 2, 15);
    expect(measured.rmsse).toBeCloseTo((1 + 1) / 2, 15);
    expect(measured.smape).toBeCloseTo((4 / 22 + 2 / 3 / 3) / 2, 15);
    expect(measured.wape).toBeCloseTo(3 / 13, 15);
    expect(measured.rmse).toBeCloseTo(Math.sqrt(5 / 4), 15);
    expect(measured.bias).toBeCloseTo(3 / 4, 15);
    expect(measured.points).toBe(4);
  });

  test('points without truth or without forecast do not count', () => {
    expect(measureForecasts([series([1, _, 3], [2, 5, _])])).toMatchObject({
      mase: 1,
      wape: 1,
      points: 1,
      series: 1,
    });
  });

  test('a series whose history repeats itself has no scaled error, and is counted', () => {
    const flat = series([5], [6], { absolute: 0, squared: 0 });
    expect(measureForecasts([flat, series([1], [3])])).toMatchObject({
      mase: 2,
      rmsse: 2,
      series: 2,
      unscaled: 1,
    });
    expect(measureForecasts([flat])).toMatchObject({ mase: null, rmsse: null, rmse: 1, unscaled: 1 });
    expect(measureForecasts([series([5], [6], { absolute: _, squared: _ })])).toMatchObject({
      mase: null,
      unscaled: 1,
    });
  });

  test('zeros: sMAPE of zero against zero is zero, WAPE of all zeros is undefined', () => {
    expect(measureForecasts([series([0, 0], [0, 1])])).toMatchObject({
      smape: 1,
      wape: null,
      rmse: Math.SQRT1_2,
    });
  });

  test('nothing to compare leaves every measure undefined', () => {
    const nothing = { mase: null, rmsse: null, smape: null, wape: null, rmse: null, bias: null };
    expect(measureForecasts([])).toEqual({ ...nothing, points: 0, series: 0, unscaled: 0 });
    expect(measureForecasts([series([_], [1])])).toEqual({ ...nothing, points: 0, series: 0, unscaled: 0 });
  });
});

test('coverageOf counts bounds as within, and skips what is missing', () => {
  const actual = values(1, 2, 3, _, 5);
  expect(coverageOf([{ actual, lower: values(1, 2.5, 0, 0, _), upper: values(2, 3, 3, 9, 9) }])).toBe(2 / 3);
  expect(coverageOf([{ actual: values(_), lower: values(0), upper: values(1) }])).toBeNull();
});

test('rankSeries orders by the metric, then by key, without series that have none', () => {
  const unscaled = series([1], [2], { absolute: 0, squared: 0 }, ['none']);
  const ranked = rankSeries(
    [
      series([1], [4], undefined, ['c']),
      series([1], [2], undefined, ['b']),
      series([1], [0], undefined, ['a']),
      unscaled,
    ],
    'mase',
  );
  expect(ranked.map(({ comparison, metrics }) => [comparison.key[0], metrics.mase])).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 3],
  ]);
});
