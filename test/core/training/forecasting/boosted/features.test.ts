import { describe, expect, test } from 'vitest';
import { calendarOf } from '../../../../../core/training/forecasting/boosted/calendar.ts';
import { drawMoments } from '../../../../../core/training/forecasting/boosted/draw-moments.ts';
import { planFeatures } from '../../../../../core/training/forecasting/boosted/feature-plan.ts';
import { KnownSeries } from '../../../../../core/training/forecasting/boosted/known-series.ts';
import { levelAt } from '../../../../../core/training/forecasting/boosted/level.ts';
import { momentsOf } from '../../../../../core/training/forecasting/boosted/moments.ts';
import { tabulate } from '../../../../../core/training/forecasting/boosted/tabulate.ts';
import { fc } from '../../../../support/properties.ts';
import { durationOf, START } from './support.ts';

const _ = Number.NaN;
const known = (...values: number[]) => new KnownSeries(Float64Array.from(values), 0);
const planOf = (season: number[], steps: number, reach: number, every = '1 day') =>
  planFeatures(
    season,
    { every: durationOf(every), start: START, steps },
    { horizon: Math.max(reach, 1), reach },
  );

describe('KnownSeries', () => {
  test('sums up what is known of a stretch', () => {
    const series = known(_, 2, 4, _, 9);
    expect(series.first).toBe(1);
    expect(series.count(-3, 5)).toBe(3);
    expect(series.mean(-3, 5)).toBe(5);
    expect(series.deviation(0, 3)).toBe(1);
    expect(series.mean(3, 4)).toBe(_);
    expect([series.at(-1), series.at(0), series.at(4), series.at(5)]).toEqual([_, _, 9, _]);
  });

  test('goes on with what is appended', () => {
    const series = new KnownSeries(Float64Array.of(1), 2);
    series.append(_);
    expect(series.mean(0, 2)).toBe(1);
    series.append(5);
    expect([series.length, series.at(2), series.mean(0, 3)]).toEqual([3, 5, 3]);
  });

  test('agrees with plain means and deviations', () => {
    const value = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constant(_));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        fc.nat(30),
        fc.nat(30),
        (values, a, b) => {
          const [from, to] = [Math.min(a, b), Math.min(Math.max(a, b), values.length)];
          const some = values.slice(from, to).filter(Number.isFinite);
          const mean = some.reduce((sum, one) => sum + one, 0) / some.length;
          const variance = some.reduce((sum, one) => sum + (one - mean) ** 2, 0) / some.length;
          const series = known(...values);
          if (some.length === 0) expect(series.mean(from, to)).toBe(_);
          else expect(series.mean(from, to)).toBeCloseTo(mean, 9);
          if (some.length > 0) expect(series.deviation(from, to)).toBeCloseTo(Math.sqrt(variance), 4);
        },
      ),
    );
  });
});

describe('the calendar', () => {
  const calendar = (every: string, steps: number, start = START) =>
    Object.fromEntries(
      calendarOf({ every: durationOf(every), start, steps }, 2).map(({ name, values }) => [
        name,
        [...values.subarray(0, 3)],
      ]),
    );

  test('tells what a step is short enough for, and what came round twice', () => {
    expect(calendar('1 day', 13)).toEqual({});
    // 5 January 2026 is a Monday.
    expect(calendar('1 day', 14)).toEqual({ weekday: [1, 2, 3] });
    expect(calendar('1 day', 730)).toEqual({
      weekday: [1, 2, 3],
      'day of the month': [5, 6, 7],
      'day of the year': [5, 6, 7],
      month: [1, 1, 1],
    });
    expect(calendar('6 hours', 8)).toEqual({ hour: [0, 6, 12] });
    expect(calendar('30 minutes', 96)).toEqual({ hour: [0, 0.5, 1] });
    expect(calendar('1 month', 23)).toEqual({});
    expect(calendar('1 month', 24, new Date('2025-11-01T00:00:00Z'))).toEqual({ month: [11, 12, 1] });
    expect(calendar('1 week', 105)).toEqual({
      ...{ 'day of the month': [5, 12, 19], 'day of the year': [5, 12, 19], month: [1, 1, 1] },
    });
    expect(calendar('1 year', 50)).toEqual({});
  });

  test('knows the steps of the forecast as well', () => {
    const [weekday] = calendarOf({ every: durationOf('1 day'), start: START, steps: 14 }, 2);
    expect(weekday?.values.slice(13)).toEqual(Float64Array.of(0, 1, 2));
  });
});

describe('levels', () => {
  test('are mean and deviation of the last season', () => {
    expect(levelAt(known(0, 10, 1, 3), 4, 2)).toEqual({ centre: 2, scale: 1 });
  });

  test('a season without any change takes its scale from the past', () => {
    expect(levelAt(known(0, 2, 0, 2, 1, 1), 6, 2)).toEqual({
      centre: 1,
      scale: 0.1 * Math.sqrt(4 / 6),
    });
  });

  test('there is none without a value in the season, nor for a series that never changed', () => {
    expect(levelAt(known(1, 2, _, _), 4, 2)).toBeUndefined();
    expect(levelAt(known(0, 0, 0), 3, 2)).toBeUndefined();
    expect(levelAt(known(0.1, 0.1, 0.1, 0.1), 4, 3)).toBeUndefined();
  });
});

describe('features', () => {
  test('are in units of the level, and look back from the origin', () => {
    const plan = planOf([2], 10, 3);
    expect(plan).toMatchObject({ window: 8, lags: 7, seasons: [2], windows: [8, 16, 32], calendar: [] });
    const series = known(0, 4, 0, 4, 0, 4, 0, 4, 99, 99);
    const moments = momentsOf([
      { series: 0, origin: 8, target: 8 },
      { series: 0, origin: 8, target: 9 },
    ]);
    const { columns, levels } = tabulate(plan, [series], ['a'], moments);
    expect(levels).toEqual([
      { centre: 2, scale: 2 },
      { centre: 2, scale: 2 },
    ]);
    const found = columns.map(({ name, ...column }) => [
      name,
      ...(column.kind === 'numeric' ? column.values : []),
    ]);
    expect(found).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7].map(lag => [`lag ${lag}`, ...(lag % 2 === 1 ? [1, 1] : [-1, -1])]),
      ...[1, 2, 3].map(before => [`season of 2, ${before} before`, -1, 1]),
      ['season of 2, mean', -1, 1],
      ...[8, 16, 32].flatMap(window => [
        [`mean of ${window}`, 0, 0],
        [`deviation of ${window}`, 1, 1],
      ]),
      ['steps ahead', 1, 2],
    ]);
  });

  test('name the series where there are several, and the distance where it differs', () => {
    const moments = momentsOf([{ series: 1, origin: 8, target: 8 }]);
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const { columns } = tabulate(planOf([], 9, 1), [known(...values), known(...values)], ['a', 'b'], moments);
    expect(columns.at(-1)).toEqual({
      ...{ kind: 'categorical', name: 'series', codes: Int32Array.of(1), categories: ['a', 'b'] },
    });
    expect(columns.map(({ name }) => name)).not.toContain('steps ahead');
  });

  test('never depend on a value at the origin or later', () => {
    const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(_));
    const values = fc.array(value, { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(
        values,
        values,
        fc.nat(19),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(4),
        (past, other, origin, season, step) => {
          const changed = past.map((one, i) => (i < origin ? one : (other[i] ?? _)));
          const plan = planOf([season, 4], 20, 5);
          const moments = momentsOf([{ series: 0, origin, target: origin + step }]);
          const [a, b] = [past, changed].map(each => tabulate(plan, [known(...each)], ['a'], moments));
          expect(b).toEqual(a);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('moments to learn from', () => {
  const moments = (series: KnownSeries[], reach: number, seed = 1) => {
    const { origin, target, series: index } = drawMoments({ window: 3, reach }, series, seed);
    return Array.from(origin, (at, i) => [index[i], at, target[i]]);
  };

  test('of one step are every origin after the first season whose target is known', () => {
    expect(moments([known(_, 1, 2, 3, 4, _, 5)], 1)).toEqual([
      [0, 4, 4],
      [0, 6, 6],
    ]);
  });

  test('have targets from the origin to the reach, none of them after the end, the same for the same seed', () => {
    const series = [known(...Array.from({ length: 60 }, (_one, i) => i)), known(1, 2)];
    const drawn = moments(series, 10);
    expect(moments(series, 10)).toEqual(drawn);
    expect(moments(series, 10, 2)).not.toEqual(drawn);
    expect(new Set(drawn.map(([, origin = 0, target = 0]) => target - origin)).size).toBe(10);
    for (const [index, origin = 0, target = 0] of drawn) {
      expect(index).toBe(0);
      expect(target - origin).toBeGreaterThanOrEqual(0);
      expect(target - origin).toBeLessThan(10);
      expect(target).toBeLessThan(60);
    }
    // Three targets of each origin that has them all.
    expect(drawn.filter(([, origin]) => origin === 20)).toHaveLength(3);
  });

  test('of many series are a sample', () => {
    const values = Float64Array.from({ length: 800 }, (_one, i) => i % 5);
    const series = Array.from({ length: 400 }, () => new KnownSeries(values, 0));
    const { target, series: index } = drawMoments({ window: 3, reach: 1 }, series, 1);
    expect(target).toHaveLength(300_000);
    expect(new Set(index).size).toBe(400);
  });
});
