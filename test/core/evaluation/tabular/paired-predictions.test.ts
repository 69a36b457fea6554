import { expect, test } from 'vitest';
import { drawnMetric } from '../../../../core/evaluation/tabular/measure-predictions.ts';
import { pairedPredictions } from '../../../../core/evaluation/tabular/paired-predictions.ts';
import type { MetricName } from '../../../../core/spec/metrics.ts';
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
) => {
  const [left, right] = [one, other].map(outputs => drawnMetric(question, metric, outputs, target));
  if (left === undefined || right === undefined) throw new Error(`no ${metric}`);
  return pairedPredictions(left, right, target.length, confidence);
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
