import { describe, expect, test } from 'vitest';
import { pairedDifference } from '../../../core/evaluation/bootstrap.ts';
import { type Comparison, measureForecasts } from '../../../core/evaluation/metrics.ts';
import { seededRandom } from '../../../core/training/seeded-random.ts';

const _ = Number.NaN;
const METRICS = ['mase', 'smape', 'wape', 'rmse'] as const;
const series = (actual: number[], forecast: number[], absolute = 1, key = 'a'): Comparison => ({
  ...{ key: [key], scale: { absolute, squared: absolute } },
  ...{ actual: Float64Array.from(actual), forecast: Float64Array.from(forecast) },
});

/** Errors of two models that are drawn from one distribution, and of one that is better by `gain`. */
function panel(o: { seed: number; series: number; steps: number; gain: number }) {
  const random = seededRandom(o.seed);
  const model = (gain: number): Comparison[] =>
    Array.from({ length: o.series }, () =>
      series(
        Array.from({ length: o.steps }, () => 10),
        Array.from({ length: o.steps }, () => 10 + (1 - gain) * (random() * 2 - 1)),
      ),
    );
  return [model(o.gain), model(0)] as const;
}

describe('pairedDifference', () => {
  test('is the difference of the metrics, with unequal lengths, scales and gaps', () => {
    const one = [series([10, 12, _], [11, 12, 13], 2), series([4, 8, 2], [5, 5, 5], 0.5)];
    const other = [series([10, 12, _], [10, 10, 10], 2), series([4, 8, 2], [4, 4, 4], 0.5)];
    for (const metric of METRICS) {
      const expected = (measureForecasts(one)[metric] ?? _) - (measureForecasts(other)[metric] ?? _);
      const found = pairedDifference(one, other, metric, 0.95);
      expect(found?.value).toBeCloseTo(expected, 12);
      expect(found?.lower).toBeLessThanOrEqual(expected);
      expect(found?.upper).toBeGreaterThanOrEqual(expected);
    }
  });

  test('equal forecasts differ by exactly nothing', () => {
    const [one] = panel({ seed: 1, series: 5, steps: 10, gain: 0 });
    for (const metric of METRICS) {
      expect(pairedDifference(one, one, metric, 0.95)).toEqual({ value: 0, lower: 0, upper: 0 });
    }
  });

  test('a difference that is the same at every point has no spread', () => {
    const one = ['a', 'b', 'c'].map(key => series([5, 5, 5, 5], [6, 6, 6, 6], 2, key));
    const other = ['a', 'b', 'c'].map(key => series([5, 5, 5, 5], [8, 8, 8, 8], 2, key));
    expect(pairedDifference(one, other, 'mase', 0.95)).toEqual({ value: -1, lower: -1, upper: -1 });
    expect(pairedDifference(one, other, 'rmse', 0.95)).toEqual({ value: -2, lower: -2, upper: -2 });
  });

  test('one lucky series among four proves nothing, the same gain in all of them does', () => {
    const other = Array.from({ length: 4 }, () => series([0, 0, 0, 0], [1, 1, 1, 1]));
    const lucky = other.map((one, i) => (i === 0 ? { ...one, forecast: new Float64Array(4) } : one));
    // A quarter of all resamples does not draw the lucky series at all: (3/4)^4 = 32 %.
    expect(pairedDifference(lucky, other, 'mase', 0.95)).toMatchObject({ value: -0.25, upper: 0 });
    const steady = other.map(one => ({ ...one, forecast: new Float64Array(4).fill(0.75) }));
    expect(pairedDifference(steady, other, 'mase', 0.95)).toMatchObject({ value: -0.25, upper: -0.25 });
  });

  test('one lucky day proves nothing either, in however many series', () => {
    const other = Array.from({ length: 50 }, () => series([0, 0, 0, 0], [1, 1, 1, 1]));
    const lucky = other.map(one => ({ ...one, forecast: Float64Array.from([1, 1, 0, 1]) }));
    expect(pairedDifference(lucky, other, 'mase', 0.95)).toMatchObject({ value: -0.25, upper: 0 });
  });

  test('points that only one of the two has do not count', () => {
    const one = [series([1, 1, 1], [2, 2, _])];
    const other = [series([1, 1, 1], [_, 4, 9])];
    expect(pairedDifference(one, other, 'rmse', 0.95)).toEqual({ value: -2, lower: -2, upper: -2 });
    expect(pairedDifference([series([1], [_])], [series([1], [2])], 'rmse', 0.95)).toBeUndefined();
    expect(pairedDifference([series([1], [2], 0)], [series([1], [3], 0)], 'mase', 0.95)).toBeUndefined();
    expect(pairedDifference([], [], 'mase', 0.95)).toBeUndefined();
  });

  test('more confidence, wider bounds; the same again, the same bounds', () => {
    const [one, other] = panel({ seed: 3, series: 10, steps: 20, gain: 0.1 });
    const at = (confidence: number) => pairedDifference(one, other, 'mase', confidence);
    const [sure, surer] = [at(0.8), at(0.99)];
    expect(surer?.lower).toBeLessThan(sure?.lower ?? _);
    expect(surer?.upper).toBeGreaterThan(sure?.upper ?? _);
    expect(at(0.8)).toEqual(sure);
  });

  test('of equal models about one in twenty passes at 95 %, and a real gain is found', () => {
    const passes = (gain: number): number =>
      Array.from({ length: 100 }, (_, seed) => {
        const [one, other] = panel({ seed, series: 10, steps: 14, gain });
        return (pairedDifference(one, other, 'mase', 0.95)?.upper ?? 0) < 0 ? 1 : 0;
      }).reduce<number>((sum, one) => sum + one, 0);
    expect(passes(0)).toBeLessThanOrEqual(5);
    expect(passes(0.3)).toBeGreaterThanOrEqual(95);
  });

  test('ten thousand series of a long test part take a moment, with the difference exact', () => {
    const [one, other] = panel({ seed: 5, series: 10_000, steps: 28, gain: 0.1 });
    const expected = (measureForecasts(one).mase ?? _) - (measureForecasts(other).mase ?? _);
    expect(pairedDifference(one, other, 'mase', 0.95)?.value).toBeCloseTo(expected, 12);
  });
});

test('seeded random numbers are the same everywhere, and even', () => {
  const random = seededRandom(1);
  const drawn = Array.from({ length: 100_000 }, random);
  const bins = new Array<number>(10).fill(0);
  for (const value of drawn) bins[Math.floor(value * 10)] = (bins[Math.floor(value * 10)] ?? 0) + 1;
  // Each bin has 10,000 on average with a standard deviation of 95.
  for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  expect(drawn.slice(0, 2)).toEqual(Array.from({ length: 2 }, seededRandom(1)));
});
