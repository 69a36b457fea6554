import { describe, expect, test } from 'vitest';
import { gridStep } from '../../../../core/data/series/grid.ts';
import { measureForecastDrift } from '../../../../core/monitoring/drift/measure-forecast-drift.ts';
import type { SeriesReference } from '../../../../core/monitoring/drift/reference-record.ts';
import { describeSeries } from '../../../../core/monitoring/drift/write-series-reference.ts';
import { type Forecast, missingForecast } from '../../../../core/serving/forecast.ts';
import { makeForecasts } from '../../../../core/training/make-forecasts.ts';
import { seededRandom } from '../../../../core/training/seeded-random.ts';

const DAY = 86_400_000;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const every = gridStep('1 day');
const SHARE = 0.5;
const HISTORY = 140;

const at = (day: number): Date => new Date(START + day * DAY);
const nameOf = (i: number): string => String.fromCharCode(97 + i);

const referenceOf = (histories: readonly Float64Array[], season: number): SeriesReference => ({
  ...{ dataset: 'd', season: season === 1 ? null : season, start: at(0).toISOString(), rows: 0, keys: null },
  series: histories.map((values, i) => describeSeries({ key: [nameOf(i)], start: at(0), values }, season)),
});

/** A forecast that begins at a day. */
const forecastOf = (day: number, values: readonly Float64Array[]): Forecast => {
  const steps = values[0]?.length ?? 0;
  return {
    ...{ keyColumns: ['shop'], grid: { every, start: at(day), steps } },
    series: values.map((forecast, i) => ({ ...missingForecast([nameOf(i)], steps), forecast })),
  };
};

const numbers = (...values: number[]): Float64Array => Float64Array.from(values);

describe('the level of a forecast', () => {
  /** Two places of the season, 0 and 100 on average, and ± 1 around each: deviations of 10/9, since no value counts for its own mean. */
  const history = Float64Array.from({ length: 20 }, (_, i) => (i % 2) * 100 + (i % 4 < 2 ? 1 : -1));
  const reference = referenceOf([history], 2);

  test('is told in standard deviations from what is usual at its place in the season, by hand', () => {
    // Single values are all one standard deviation away, without any spread.
    const at1 = measureForecastDrift(reference, forecastOf(21, [numbers(105, 5)]), SHARE);
    expect(at1).toMatchObject({
      ...{ test: 'level', p: null, threshold: expect.closeTo(1, 12), distance: expect.closeTo(4.5, 12) },
      ...{ excess: expect.closeTo(4.5, 12), drifted: true },
      reason:
        '1 of 1 series are forecast further from what is usual than their history was; furthest a by 4.5 standard ' +
        'deviations, of which 1 may be chance',
      missing: { reference: 0, window: 0 },
    });
    // The same values a step earlier are at the other's place.
    expect(measureForecastDrift(reference, forecastOf(22, [numbers(0.5, 99.5)]), SHARE)).toMatchObject({
      ...{ distance: 0, drifted: false },
    });
  });

  test('is that of the values that are there; without any there is none', () => {
    const holes = forecastOf(20, [numbers(Number.NaN, 100)]);
    expect(measureForecastDrift(reference, holes, SHARE)).toMatchObject({
      ...{ distance: 0, missing: { window: 0.5 } },
    });
    expect(measureForecastDrift(reference, forecastOf(20, [numbers(Number.NaN)]), SHARE)).toBeNull();
    expect(measureForecastDrift(referenceOf([numbers(Number.NaN, 7)], 1), holes, SHARE)).toBeNull();
    expect(measureForecastDrift(referenceOf([], 2), holes, SHARE)).toBeNull();
  });

  test.each([
    [0.25, true],
    [0.5, true],
    [0.75, false],
  ])('drifts as a whole where a share of %d does, of which there is one of two', (share, drifted) => {
    const both = referenceOf([history, history], 2);
    const forecast = forecastOf(20, [numbers(9, 109), numbers(0, 100)]);
    expect(measureForecastDrift(both, forecast, share)?.drifted).toBe(drifted);
  });

  test('of a constant series is off by any change', () => {
    const constant = referenceOf([new Float64Array(30).fill(7)], 1);
    expect(measureForecastDrift(constant, forecastOf(30, [numbers(7, 7)]), SHARE)?.drifted).toBe(false);
    expect(measureForecastDrift(constant, forecastOf(30, [numbers(8, 8)]), SHARE)?.drifted).toBe(true);
  });
});

/** A standard normal number, by the method of Box and Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const WEEK = [0, 20, 10, 2, 40, 60, 3];

/** Noise that remembers half of the day before, of standard deviation 1; by the week a shape that is far larger. */
function simulated(random: () => number, days: number, seasonal: boolean): Float64Array {
  let noise = normal(random);
  return Float64Array.from({ length: days }, (_, day) => {
    noise = 0.5 * noise + Math.sqrt(0.75) * normal(random);
    return 100 + (seasonal ? (WEEK[day % 7] ?? 0) : 0) + noise;
  });
}

/** Verdicts on forecasts from data that moved by so many standard deviations after the reference was made. */
function verdicts(o: {
  readonly trainer: string;
  readonly series: number;
  readonly season: number;
  readonly horizon: number;
  readonly windows: number;
  readonly moved?: number;
}): boolean[] {
  const random = seededRandom(17);
  const { trainer, series, season, horizon, windows, moved = 0 } = o;
  return Array.from({ length: windows }, (_, w) => {
    const known = HISTORY + 14 + (w % 7);
    const all = Array.from({ length: series }, () => simulated(random, known, season > 1));
    const reference = referenceOf(
      all.map(values => values.subarray(0, HISTORY)),
      season,
    );
    const recipe = { trainer, hyperparameters: {}, season: season > 1 ? [season] : [], horizon, seed: 1 };
    const now = all.map((values, i) => ({
      ...{ key: [nameOf(i)], start: at(0) },
      values: values.map((value, day) => value + (day < HISTORY ? 0 : moved)),
    }));
    const { values } = makeForecasts(recipe, { series: now, grid: { every, start: at(0), steps: known } });
    return measureForecastDrift(reference, forecastOf(known, values), SHARE)?.drifted === true;
  });
}

const share = (all: readonly boolean[]): number => all.filter(Boolean).length / all.length;

describe('200 seeded forecasts of strongly seasonal series that have not changed', () => {
  test.each([
    { trainer: 'baseline', series: 4, season: 7, horizon: 7 },
    { trainer: 'baseline', series: 1, season: 7, horizon: 14 },
    { trainer: 'baseline', series: 1, season: 7, horizon: 1 },
    { trainer: 'baseline', series: 1, season: 1, horizon: 14 },
    { trainer: 'mstl', series: 1, season: 7, horizon: 14 },
  ])(
    'raise the alarm in at most 5 % of them: $trainer, $series series, season $season, horizon $horizon',
    of => {
      expect(share(verdicts({ ...of, windows: 200 }))).toBeLessThanOrEqual(0.05);
    },
  );
});

describe('forecasts that follow series to another level, by five standard deviations of their noise', () => {
  test.each([
    { trainer: 'baseline', season: 7, horizon: 7 },
    { trainer: 'baseline', season: 1, horizon: 14 },
    { trainer: 'mstl', season: 7, horizon: 14 },
  ])('are found in at least 95 % of windows: $trainer, season $season, horizon $horizon', of => {
    const series = of.trainer === 'mstl' ? 1 : 4;
    expect(share(verdicts({ ...of, series, windows: 200, moved: 5 }))).toBeGreaterThanOrEqual(0.95);
  });
});
