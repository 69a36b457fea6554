import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../../../core/training/backtest.ts';
import { makeForecasts } from '../../../../../core/training/make-forecasts.ts';
import { methodOf } from '../../../../../core/training/trainers.ts';
import { fc } from '../../../../support/properties.ts';
import { digestsOfForecasts } from './forecast-in-a-process.ts';
import { boosted, forecast, onDays, weekly } from './support.ts';

const _ = Number.NaN;
const STRATEGIES = ['recursive', 'direct'] as const;
/** What the baseline says: the last week again. */
const lastWeek = (values: readonly number[]): Float64Array => Float64Array.from(values.slice(-7));

describe.each(STRATEGIES)('%s', strategy => {
  test('learns what is the same in all series, large and small', () => {
    const named = { small: weekly(70, 1), large: weekly(70, 1000, 13) };
    const { values, notes } = forecast(named, { strategy, trees: 50 });
    expect(notes).toEqual([]);
    for (const [i, level] of [1, 1000].entries()) {
      // The ripple, at most 12 of some 100 to 160, is all that cannot be known.
      const truth = weekly(77, level, i === 0 ? 11 : 13).slice(70);
      for (const [step, value] of (values[i] ?? []).entries()) {
        expect(Math.abs(value - (truth[step] ?? 0))).toBeLessThan(13 * level);
      }
    }
  });

  test('forecasts in the unit of each series: twice the values, twice the forecast', () => {
    const a = weekly(60, 3);
    const b = weekly(60, 5, 7);
    const twice = (values: number[]) => values.map(value => value * 2);
    const { values } = forecast({ a, b }, { strategy });
    expect(forecast({ a, b: twice(b) }, { strategy }).values).toEqual([
      values[0],
      values[1]?.map(value => value * 2),
    ]);
  });

  test('the future never changes a forecast, early stopping or not', () => {
    const value = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant(_));
    const future = fc.array(value, { minLength: 14, maxLength: 14 });
    const past = { a: weekly(42, 1), b: weekly(42, 9, 7) };
    fc.assert(
      fc.property(future, future, fc.constantFrom(0, 3), (a, b, early_stopping) => {
        const recipe = boosted({ strategy, early_stopping, trees: 5 });
        const forecasts = (after: number[]) =>
          backtest(recipe, onDays({ a: [...past.a, ...after], b: [...past.b, ...after] }), 42, 49).forecasts;
        expect(forecasts(a)).toEqual(forecasts(b));
      }),
      { numRuns: 20 },
    );
  });

  test('a shorter forecast is the beginning of the one that was fitted, and a longer one is refused', () => {
    const { series, grid } = onDays({ a: weekly(60, 3), b: weekly(60, 5, 7) });
    const { season, seed, hyperparameters } = boosted({ strategy });
    const options = { every: grid.every, season, seed, hyperparameters, horizon: 14 };
    const model = methodOf('forecasting', 'gradient-boosting').fit(series, options);
    const whole = model.forecast(14);
    expect(model.forecast(3)).toEqual(whole.map(points => points.slice(0, 3)));
    expect(() => model.forecast(15)).toThrow('The fit was for 14 steps; 15 were asked for.');
  });

  test('missing values are no obstacle, wherever they lie', () => {
    const gaps = weekly(60, 3).map((value, day) => (day % 5 === 0 || day > 57 ? _ : value));
    const late = weekly(60, 4, 7).map((value, day) => (day < 45 ? _ : value));
    const { values, notes } = forecast({ gaps, late, whole: weekly(60, 2) }, { strategy });
    expect(notes).toEqual([]);
    expect(values.every(points => points.every(Number.isFinite))).toBe(true);
  });

  test('says what it looks at, in shares', () => {
    const { importance } = forecast({ a: weekly(60, 3), b: weekly(60, 5, 7) }, { strategy });
    expect(importance.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(importance.map(({ feature }) => feature)).toEqual(
      expect.arrayContaining(['lag 1', 'season of 7, 1 before', 'mean of 7', 'weekday', 'series']),
    );
    expect(importance.some(({ feature }) => feature === 'steps ahead')).toBe(strategy === 'direct');
  });
});

describe('a series that cannot be put in units of its level', () => {
  test.each([
    ['short', [_, ...weekly(6, 1)], 'the history is shorter than 7 steps'],
    ['ended', [...weekly(40, 1), ...Array<number>(7).fill(_)], 'the last 7 steps have no value'],
    ['constant', Array<number>(47).fill(0.1), 'the history is constant'],
    ['all zero', Array<number>(47).fill(0), 'the history is constant'],
    ['huge', weekly(47, 1e160), 'the squares of its values leave the range of numbers'],
  ])(
    '%s: the baseline stands in and it is noted, and the others are forecast as without it',
    (name, values, reason) => {
      const padded = [...Array<number>(47).fill(_), ...values].slice(-47);
      const rest = { x: weekly(47, 3), y: weekly(47, 5, 7) };
      const { values: forecasts, notes } = forecast({ [name]: padded, ...rest });
      const baseline = { ...boosted(), trainer: 'baseline', hyperparameters: {} };
      expect(notes).toEqual([{ series: 0, kind: 'fallback', reason }]);
      expect(forecasts).toEqual([
        ...makeForecasts(baseline, onDays({ [name]: padded })).values,
        ...forecast(rest).values,
      ]);
    },
  );

  test('without any value it has no forecast', () => {
    const { values, notes } = forecast({ none: Array<number>(60).fill(_), x: weekly(60, 3) });
    expect(values[0]).toEqual(new Float64Array(7).fill(_));
    expect(notes).toEqual([{ series: 0, kind: 'empty', reason: 'the series has no value' }]);
  });

  test('too few examples for a tree: the baseline stands in everywhere, and says why', () => {
    const { values, notes } = forecast({ a: weekly(20, 1) }, { min_leaf_weight: 20 });
    expect(values).toEqual([lastWeek(weekly(20, 1))]);
    expect(notes).toEqual([
      { series: 0, kind: 'fallback', reason: expect.stringMatching(/^The examples weigh 13 together/) },
    ]);
  });

  test('no series at all, no forecasts', () => {
    expect(forecast({})).toEqual({ values: [], notes: [], importance: [] });
  });
});

describe('early stopping', () => {
  test('keeps the trees that helped the last horizon, and grows them on everything', () => {
    // Noise without any pattern: trees that fit it do not help.
    const noise = Array.from({ length: 90 }, (__, i) => ((i * 7919) % 101) + ((i * 104_729) % 97));
    const all = forecast({ a: noise }, { trees: 200, learning_rate: 0.3 });
    const stopped = forecast({ a: noise }, { trees: 200, learning_rate: 0.3, early_stopping: 5 });
    expect(stopped.values).not.toEqual(all.values);
    // A model of that many trees, without looking at the last horizon for itself.
    const candidates = Array.from({ length: 30 }, (__, i) =>
      forecast({ a: noise }, { trees: i + 1, learning_rate: 0.3 }),
    );
    expect(candidates.map(({ values }) => values)).toContainEqual(stopped.values);
  });
});

test('forecasts are the same bytes in any process', () => {
  const here = digestsOfForecasts();
  const elsewhere = execFileSync(
    process.execPath,
    ['--no-opt', fileURLToPath(new URL('forecast-in-a-process.ts', import.meta.url)), 'print'],
    { encoding: 'utf8' },
  );
  expect(new Set(here).size).toBe(3);
  expect(JSON.parse(elsewhere)).toEqual(here);
});
