import { describe, expect, test } from 'vitest';
import { type Clusters, clustersOf, periodsOf } from '../../../../core/evaluation/tabular/clusters.ts';
import { drawnMetric } from '../../../../core/evaluation/tabular/measure-predictions.ts';
import { pairedPredictions } from '../../../../core/evaluation/tabular/paired-predictions.ts';
import type { MetricName } from '../../../../core/spec/metrics.ts';
import { seededRandom } from '../../../../core/training/seeded-random.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';

const regression: Question = { task: 'regression' };
const binary: Question = { task: 'classification', classes: ['no', 'yes'] };

/** Numbers that look random, and are the same in every run. */
const noise = (seed: number, rows: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => ((i * 7919 + seed * 104_729) % 1009) / 1009);

const compared = (
  question: Question,
  metric: MetricName,
  [one, other]: readonly [Float64Array[], Float64Array[]],
  target: Float64Array,
  confidence = 0.95,
  clusters?: Clusters,
) => {
  const [left, right] = [one, other].map(outputs => drawnMetric(question, metric, outputs, target));
  if (left === undefined || right === undefined) throw new Error(`no ${metric}`);
  return pairedPredictions(left, right, { rows: target.length, clusters }, confidence);
};

test('the difference is that of the metrics, and its bounds lie around it', () => {
  const target = noise(1, 400);
  const near = target.map((value, i) => value + (i % 2 ? 0.1 : -0.1));
  const far = target.map((value, i) => value + (i % 3 ? 0.4 : 0));
  const found = compared(regression, 'mae', [[near], [far]], target);
  const mean = far.reduce((sum, value, i) => sum + Math.abs(value - (target[i] ?? 0)), 0) / 400;
  expect(found?.value).toBeCloseTo(0.1 - mean, 12);
  expect(found?.lower).toBeLessThan(found?.value ?? 0);
  expect(found?.upper).toBeGreaterThan(found?.value ?? 0);
  // Errors of 0.4 in two thirds of 400 rows: a standard error of 0.4 · √(2/9 / 400), and 1.645 of it to each side.
  const halfWidth = 1.645 * 0.4 * Math.sqrt(2 / 9 / 400);
  expect((found?.upper ?? 0) - (found?.value ?? 0)).toBeCloseTo(halfWidth, 2);
});

test('equal models differ by nothing, whatever is drawn', () => {
  const target = noise(1, 100).map(Math.round);
  const positive = noise(2, 100);
  const outputs = [positive.map(p => 1 - p), positive];
  for (const metric of ['auc', 'log_loss', 'brier', 'f1'] as const) {
    expect(compared(binary, metric, [outputs, outputs], target)).toEqual({ value: 0, lower: 0, upper: 0 });
  }
});

test('a better order is proved, and the more surely the more rows there are', () => {
  const orderOf = (rows: number) => {
    const target = noise(3, rows).map(Math.round);
    const scores = noise(4, rows).map((value, i) => (value + 0.6 * (target[i] ?? 0)) / 1.6);
    const prior = new Float64Array(rows).fill(0.5);
    return compared(
      binary,
      'auc',
      [
        [scores.map(p => 1 - p), scores],
        [prior, prior],
      ],
      target,
    );
  };
  const [few, many] = [orderOf(100), orderOf(1000)];
  if (few === undefined || many === undefined) throw new Error('no difference');
  expect(many.lower).toBeGreaterThan(0.2);
  expect(few.upper - few.lower).toBeGreaterThan(2 * (many.upper - many.lower));
});

test('says nothing where the metric is undefined', () => {
  const target = new Float64Array(5).fill(1);
  const outputs = [new Float64Array(5).fill(0.5), new Float64Array(5).fill(0.5)];
  expect(compared(binary, 'auc', [outputs, outputs], target)).toBeUndefined();
});

describe('rows of days', () => {
  const DAY = 86_400_000;

  test('are drawn day by day: the bounds are those of the days, however many rows each has', () => {
    // Nine days; the one model is better by 0.1 on odd days and worse by 0.1 on even ones, and by 0.05 on the last.
    const shift = (day: number): number => (day === 8 ? 0.05 : day % 2 === 0 ? 0.1 : -0.1);
    const found = [10, 1000].map(rowsADay => {
      const rows = 9 * rowsADay;
      const target = new Float64Array(rows);
      const one = target.map((_, i) => 1 + shift(Math.floor(i / rowsADay)));
      const other = target.map(() => 1);
      const times = target.map((_, i) => Math.floor(i / rowsADay) * DAY + (i % rowsADay));
      return compared(regression, 'mae', [[one], [other]], target, 0.9, periodsOf(times));
    });
    expect(found[0]?.value).toBeCloseTo(0.05 / 9, 9);
    expect(found[1]?.upper).toBeCloseTo(found[0]?.upper ?? 0, 9);
    expect(found[1]?.lower).toBeCloseTo(found[0]?.lower ?? 0, 9);
  });

  test('of single days are independent of each other: the bounds are those of a t test', () => {
    const days = 64;
    const random = seededRandom(11);
    const differences = Float64Array.from({ length: days }, () => random() - 0.5);
    const target = new Float64Array(days);
    const other = target.map(() => 1);
    const times = target.map((_, day) => day * DAY);
    const one = differences.map(difference => 1 + difference);
    const found = compared(regression, 'mae', [[one], [other]], target, 0.95, periodsOf(times));
    const mean = differences.reduce((sum, value) => sum + value, 0) / days;
    const deviation = Math.sqrt(
      differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (days - 1),
    );
    // Blocks of four days see what neighbours happen to have in common, so it is only about the same.
    expect((found?.upper ?? 0) - (found?.value ?? 0)).toBeGreaterThan((0.6 * 1.67 * deviation) / 8);
    expect((found?.upper ?? 0) - (found?.value ?? 0)).toBeLessThan((1.6 * 1.67 * deviation) / 8);
  });

  test('a model that is no better passes as often as the confidence allows, and not as often as rows would let it', () => {
    // 14 days of 10 rows; days have errors of their own, some of which they pass on to the next.
    const [days, rowsADay, cases] = [14, 10, 200];
    const random = seededRandom(5);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const passed = { days: 0, rows: 0 };
    const target = new Float64Array(days * rowsADay);
    const periods = periodsOf(target.map((_, i) => Math.floor(i / rowsADay) * DAY));
    for (let i = 0; i < cases; i++) {
      let day = 0;
      const error = target.map((_, row) => {
        if (row % rowsADay === 0) day = 0.3 * day + 0.8 * normal();
        return 10 + day + normal();
      });
      const pair = [[error], [target.map(() => 10)]] as const;
      const both = [periods, undefined].map(by => {
        const [left, right] = pair.map(outputs => drawnMetric(regression, 'mae', [...outputs], target));
        if (left === undefined || right === undefined) throw new Error('no metric');
        return pairedPredictions(left, right, { rows: target.length, clusters: by }, 0.9);
      });
      passed.days += Number((both[0]?.upper ?? 0) < 0);
      passed.rows += Number((both[1]?.upper ?? 0) < 0);
    }
    expect(passed.days / cases).toBeGreaterThan(0.02);
    expect(passed.days / cases).toBeLessThan(0.15);
    expect(passed.rows / cases).toBeGreaterThan(0.25);
  }, 30_000);

  test.each<[string, number[], { ofRow: number[]; count: number } | undefined]>([
    ['three days', [0, DAY, DAY + 5, 9 * DAY], { ofRow: [0, 1, 1, 2], count: 3 }],
    ['hours of one day', [0, 3_600_000, 7_200_001], { ofRow: [0, 1, 2], count: 3 }],
    ['minutes of one hour', [120_000, 60_000, 1], { ofRow: [2, 1, 0], count: 3 }],
    ['seconds', [0, 1000, 2000, 60_000], undefined],
    ['one without a time', [0, DAY, Number.NaN], { ofRow: [1, 2, 0], count: 3 }],
  ])('%s', (_, times, expected) => {
    const found = periodsOf(Float64Array.from(times));
    expect(found && { ...found, ofRow: [...found.ofRow] }).toEqual(expected && { ...expected, inTime: true });
  });
});

describe('rows of groups', () => {
  test('are drawn group by group: the bounds are those of a t test over groups, however many rows each has', () => {
    const shifts = [0.2, -0.1, 0.15, 0.05, -0.2, 0.1, 0.3, -0.05];
    const found = [5, 200].map(rowsAGroup => {
      const target = new Float64Array(shifts.length * rowsAGroup);
      const ofRow = Int32Array.from(target, (_, row) => row % shifts.length);
      const one = target.map((_, row) => 1 + (shifts[ofRow[row] ?? 0] ?? 0));
      const other = target.map(() => 1);
      const clusters = clustersOf({ ofRow, count: shifts.length }, undefined);
      return compared(regression, 'mae', [[one], [other]], target, 0.95, clusters);
    });
    const mean = shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length;
    const squares = shifts.reduce((sum, shift) => sum + (shift - mean) ** 2, 0);
    // Student's t of 7 degrees of freedom at 0.95, times the standard error of the mean.
    const margin = 1.894579 * Math.sqrt(squares / (shifts.length - 1) / shifts.length);
    for (const difference of found) {
      expect(difference?.value).toBeCloseTo(mean, 12);
      expect((difference?.upper ?? 0) - mean).toBeGreaterThan(0.93 * margin);
      expect((difference?.upper ?? 0) - mean).toBeLessThan(1.07 * margin);
      expect(mean - (difference?.lower ?? 0)).toBeCloseTo((difference?.upper ?? 0) - mean, 12);
    }
    expect(found[1]?.upper).toBeCloseTo(found[0]?.upper ?? 0, 9);
  });

  test('give way to days where there are fewer than three', () => {
    const times = Float64Array.of(0, 86_400_000, 172_800_000);
    const two = { ofRow: Int32Array.of(0, 1, 1), count: 2 };
    expect(clustersOf(two, times)).toEqual(periodsOf(times));
    expect(clustersOf(two, undefined)).toBeUndefined();
    const three = { ofRow: Int32Array.of(2, 1, 0), count: 3 };
    expect(clustersOf(three, times)).toEqual({ ...three, inTime: false });
  });
});
