import { describe, expect, test } from 'vitest';
import type { Series } from '../../../core/data/series.ts';
import { backtest } from '../../../core/training/backtest.ts';
import { historyOf } from '../../../core/training/history.ts';
import { makeForecasts } from '../../../core/training/make-forecasts.ts';
import type { Recipe } from '../../../core/training/recipe.ts';
import { seasonalNaive } from '../../../core/training/seasonal-naive.ts';
import { checkedHyperparameters, methodOf } from '../../../core/training/trainers.ts';
import { fc } from '../../support/properties.ts';

const _ = Number.NaN;
const start = new Date('2026-01-01T00:00:00Z');
const seriesOf = (...values: number[]): Series => ({ key: ['a'], start, values: Float64Array.from(values) });
const onGrid = (...series: Series[]) => ({
  series,
  grid: { every: { text: '1 day', months: 0, milliseconds: 86_400_000 }, start, steps: 0 },
});
const recipe = (trainer: string, season: number[], horizon: number): Recipe => ({
  ...{ trainer, season, horizon, seed: 1, hyperparameters: {} },
});
const week = (weeks: number, of: (day: number) => number): number[] =>
  Array.from({ length: weeks * 7 }, (_, i) => of(i));
const forecast = (trainer: string, season: number[], horizon: number, ...values: number[]) => {
  const {
    values: [points],
    notes,
  } = makeForecasts(recipe(trainer, season, horizon), onGrid(seriesOf(...values)));
  return { points: [...(points ?? [])], notes };
};

describe('historyOf', () => {
  const history = (values: number[], lag: number) => {
    const found = historyOf(Float64Array.from(values), lag);
    return found && { ...found, values: [...found.values] };
  };

  test('cuts off what is missing at both ends, and counts the end', () => {
    expect(history([_, _, 1, 2, _], 1)).toEqual({ values: [1, 2], filled: 0, trailing: 1 });
  });

  test('fills a gap from the same phase of the season before and after it', () => {
    expect(history([10, 1, 20, _, 30, 5], 2)).toEqual({
      values: [10, 1, 20, 3, 30, 5],
      filled: 1,
      trailing: 0,
    });
  });

  test('a longer gap follows the line of its phase', () => {
    expect(history([0, 1, _, 2, _, 3, 9, 4], 2)?.values).toEqual([0, 1, 3, 2, 6, 3, 9, 4]);
  });

  test('a phase with values on one side only takes the nearest, one without any its neighbours', () => {
    expect(history([1, 5, 2, _, 3], 2)?.values).toEqual([1, 5, 2, 5, 3]);
    expect(history([1, _, 3], 2)?.values).toEqual([1, 2, 3]);
  });

  test('is nothing without a value', () => {
    expect(history([_, _], 7)).toBeUndefined();
  });
});

describe('baseline', () => {
  test('repeats the last season', () => {
    expect(forecast('baseline', [3], 5, 9, 9, 9, 1, 2, 3).points).toEqual([1, 2, 3, 1, 2]);
  });

  test('repeats the last value without a season, and with a history shorter than it', () => {
    expect(forecast('baseline', [], 2, 4, 6).points).toEqual([6, 6]);
    expect(forecast('baseline', [7], 2, 4, 6).points).toEqual([6, 6]);
  });

  test('uses the first of several seasons', () => {
    expect([...seasonalNaive(Float64Array.from([1, 2, 3, 4]), 2, 3)]).toEqual([3, 4, 3]);
    expect(forecast('baseline', [2, 4], 3, 1, 2, 3, 4).points).toEqual([3, 4, 3]);
  });

  test('a gap at the end does not shift the phase', () => {
    // The last known season is 1 2 3; the step after it is missing, so the forecast begins with the second phase.
    expect(forecast('baseline', [3], 3, 1, 2, 3, _).points).toEqual([2, 3, 1]);
  });

  test('a series without a value has no forecast, and is noted', () => {
    expect(forecast('baseline', [3], 2, _, _)).toEqual({
      points: [_, _],
      notes: [{ series: 0, kind: 'empty', reason: 'the series has no value' }],
    });
  });
});

describe('mstl', () => {
  const weekly = [10, 20, 30, 40, 50, 60, 70];

  test('carries a season and a trend on', () => {
    const { points, notes } = forecast('mstl', [7], 7, ...week(10, day => (weekly[day % 7] ?? 0) + day));
    expect(notes).toEqual([]);
    for (const [i, point] of points.entries()) expect(point).toBeCloseTo((weekly[i] ?? 0) + 70 + i, 0);
  });

  test.each([
    ['fewer than two seasons', [7], [1, 2, 3, 4, 5, 6, 7, 8], 'the history is shorter than two seasons'],
    ['a constant history', [2], [5, 5, 5, 5, 5, 5], 'the history is constant'],
    ['no season', [], [1, 2, 3, 4, 5], 'there is no season'],
  ])('%s: the baseline stands in and it is noted', (_name, season, values, reason) => {
    expect(forecast('mstl', season, 3, ...values)).toEqual({
      points: forecast('baseline', season, 3, ...values).points,
      notes: [{ series: 0, kind: 'fallback', reason }],
    });
  });

  test('what augurs throws is caught with its message', () => {
    const { points, notes } = forecast('mstl', [7], 2, ...week(4, day => (day % 5) * 4e307));
    expect(points.every(Number.isFinite)).toBe(true);
    expect(notes).toMatchObject([
      { kind: 'fallback', reason: expect.stringMatching(/^augurs: .*no model found/) },
    ]);
  });

  test('uses those seasons that the history holds twice', () => {
    const values = week(4, day => day % 7);
    expect(forecast('mstl', [7, 365], 7, ...values)).toEqual(forecast('mstl', [7], 7, ...values));
  });

  test('gaps are filled, and noted', () => {
    const values = week(6, day => (day === 10 ? _ : (weekly[day % 7] ?? 0)));
    const { points, notes } = forecast('mstl', [7], 7, ...values);
    expect(notes).toEqual([{ series: 0, kind: 'filled', reason: 'missing values were interpolated' }]);
    for (const [i, point] of points.entries()) expect(point).toBeCloseTo(weekly[i] ?? 0, 3);
  });
});

describe('every trainer', () => {
  const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(_), fc.constant(0));

  test.each(['baseline', 'mstl', 'gradient-boosting'])(
    '%s: forecasts are finite, deterministic, and not below zero without a reason',
    trainer => {
      fc.assert(
        fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 2, max: 9 }), (values, season) => {
          const { points } = forecast(trainer, [season], 5, ...values);
          const known = values.filter(Number.isFinite);
          expect(points).toHaveLength(5);
          expect(points.every(known.length === 0 ? Number.isNaN : Number.isFinite)).toBe(true);
          if (known.length > 0 && known.every(one => one >= 0))
            expect(Math.min(...points)).toBeGreaterThanOrEqual(0);
          expect(forecast(trainer, [season], 5, ...values).points).toEqual(points);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('unknown hyperparameters and trainers are errors by name', () => {
    expect(() =>
      checkedHyperparameters('mstl', methodOf('forecasting', 'mstl'), { depth: 4, trees: 9 }),
    ).toThrow(
      expect.objectContaining({
        name: 'TrainingError',
        message: 'Hyperparameters of the trainer mstl: it does not know "depth", "trees".',
      }),
    );
    expect(() => methodOf('forecasting', 'oracle')).toThrow(
      'There is no trainer "oracle"; trainers: baseline, mstl, gradient-boosting, onnx, script.',
    );
    expect(() => methodOf('tabular', 'mstl')).toThrow(
      'The trainer "mstl" does not fit the task: it learns forecasting only.',
    );
  });
});

describe('clamp', () => {
  test('a falling series that never was negative stops at zero, one that was does not', () => {
    const falling = week(4, day => 60 - 2 * day + (day % 7));
    expect(Math.min(...forecast('mstl', [7], 14, ...falling).points)).toBe(
      forecast('mstl', [7], 14, ...falling).points.at(-1),
    );
    const positive = falling.map(one => Math.max(one, 0));
    expect(Math.min(...forecast('mstl', [7], 60, ...positive).points)).toBe(0);
    expect(Math.min(...forecast('mstl', [7], 60, -1, ...falling).points)).toBeLessThan(0);
  });
});

describe('backtest', () => {
  test('each fold knows what came before it, and nothing after', () => {
    const { forecasts, ahead } = backtest(
      recipe('baseline', [], 2),
      onGrid(seriesOf(1, 2, 3, 4, 5, 6, 7)),
      3,
      7,
    );
    expect([...(forecasts[0] ?? [])]).toEqual([3, 3, 5, 5]);
    expect(ahead).toEqual([1, 2, 1, 2]);
  });

  test('a long part is sampled evenly, by ten folds at most', () => {
    const values = Array.from({ length: 26 }, (_, i) => i);
    const { forecasts } = backtest(recipe('baseline', [], 1), onGrid(seriesOf(...values)), 6, 26);
    expect(forecasts[0]?.filter(Number.isFinite)).toHaveLength(10);
  });

  test('the future never changes a forecast', () => {
    const past = week(5, day => (day * 37) % 11);
    const futures = [week(2, () => 0), week(2, day => day * 1000)];
    const [a, b] = futures.map(
      future =>
        backtest(recipe('mstl', [7], 14), onGrid(seriesOf(...past, ...future)), past.length, past.length + 14)
          .forecasts,
    );
    expect(a).toEqual(b);
  });
});
