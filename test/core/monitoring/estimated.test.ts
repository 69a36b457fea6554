import { describe, expect, test } from 'vitest';
import { measureClassification } from '../../../core/evaluation/tabular/classification.ts';
import {
  calibrated,
  calibrateProbabilities,
} from '../../../core/monitoring/estimated/calibrate-probabilities.ts';
import {
  errorsByPrediction,
  expectedErrors,
} from '../../../core/monitoring/estimated/errors-by-prediction.ts';
import { expectedForecastErrors } from '../../../core/monitoring/estimated/expected-forecast-errors.ts';
import { expectedMeasures } from '../../../core/monitoring/estimated/expected-measures.ts';
import { seededRandom } from '../../../core/training/seeded-random.ts';

const ROWS = 20_000;

/** Probabilities of the second class, and outcomes that follow them. */
function simulated(seed: number, truth: (p: number) => number) {
  const random = seededRandom(seed);
  const said = Float64Array.from({ length: ROWS }, () => random());
  const labels = Float64Array.from(said, p => Number(random() < truth(p)));
  return { outputs: [said.map(p => 1 - p), said], labels };
}

describe('expected measures of a classification', () => {
  test('of two rows, by hand', () => {
    // Row 0 is positive with 0.8 and said to be so with 0.6; row 1 with 0.3, said with 0.2.
    const outputs = [Float64Array.of(0.4, 0.8), Float64Array.of(0.6, 0.2)];
    const truth = [Float64Array.of(0.2, 0.7), Float64Array.of(0.8, 0.3)];
    const expected = expectedMeasures(outputs, truth, 2);
    // Of the pairs (0 positive, 1 negative) 0.8 · 0.7 are in order, (1 positive, 0 negative) 0.3 · 0.2 are not.
    expect(expected.auc).toBeCloseTo(0.56 / (0.56 + 0.06), 12);
    expect(expected.accuracy).toBeCloseTo((0.8 + 0.7) / 2, 12);
    // Hits 0.8, false alarms 0.2, misses 0.3.
    expect(expected.f1).toBeCloseTo(1.6 / (1.6 + 0.2 + 0.3), 12);
    expect(expected.brier).toBeCloseTo((0.8 * 0.16 + 0.2 * 0.36 + 0.3 * 0.64 + 0.7 * 0.04) / 2, 12);
    expect(expected.log_loss).toBeCloseTo(
      -(0.8 * Math.log(0.6) + 0.2 * Math.log(0.4) + 0.3 * Math.log(0.2) + 0.7 * Math.log(0.8)) / 2,
      12,
    );
  });

  test.each([
    ['true', (p: number) => p],
    ['too bold', (p: number) => 0.25 + p / 2],
    ['too low', (p: number) => Math.sqrt(p)],
  ] as const)('are what is measured, of probabilities that are %s, once calibrated', (_, truth) => {
    const learned = simulated(1, truth);
    const confidence = calibrateProbabilities(learned.outputs, learned.labels);
    const { outputs, labels } = simulated(2, truth);
    const estimate = expectedMeasures(outputs, calibrated(confidence, outputs), ROWS);
    const measured = measureClassification(outputs, labels);
    for (const name of ['auc', 'log_loss', 'brier', 'f1', 'accuracy']) {
      expect(Math.abs((estimate[name] ?? 0) - (measured[name] ?? 1)), name).toBeLessThan(0.03);
    }
  });

  test('of three classes add up, and probabilities of one outcome alone stay as they are', () => {
    const outputs = [Float64Array.of(0.2, 0.5), Float64Array.of(0.3, 0.4), Float64Array.of(0.5, 0.1)];
    const confidence = calibrateProbabilities(outputs, Float64Array.of(2, 2));
    const truth = calibrated(confidence, outputs);
    for (const row of [0, 1]) {
      expect(truth.reduce((sum, column) => sum + (column[row] ?? 0), 0)).toBeCloseTo(1, 12);
    }
    expect(truth[0]?.[0]).toBeCloseTo(0.2, 9);
  });
});

test('expected errors of a regression follow predictions to where the model is worse', () => {
  // Off by a tenth of the prediction, up and down in turn.
  const predicted = Float64Array.from({ length: 1000 }, (_, i) => i);
  const actual = predicted.map((value, i) => value * (i % 2 === 0 ? 1.1 : 0.9));
  const confidence = errorsByPrediction(predicted, actual);
  expect(confidence.bins).toHaveLength(10);
  expect(expectedErrors(confidence, Float64Array.of(50, 50)).mae).toBeCloseTo(4.95, 9);
  expect(expectedErrors(confidence, Float64Array.of(2000)).mae).toBeCloseTo(94.95, 9);
  const all = expectedErrors(confidence, predicted);
  expect(all.mae).toBeCloseTo(49.95, 9);
  expect(all.rmse).toBeCloseTo(Math.sqrt(predicted.reduce((sum, p) => sum + p ** 2, 0) / 100_000), 9);
  expect(all).not.toHaveProperty('r2');
});

test('expected errors of forecasts are shares of the half widths of their intervals', () => {
  const series = [
    { forecast: Float64Array.of(10, 20), upper: Float64Array.of(14, 28), scale: { absolute: 3, squared: 9 } },
    {
      forecast: Float64Array.of(5, Number.NaN),
      upper: Float64Array.of(7, 9),
      scale: { absolute: 0, squared: 0 },
    },
  ];
  const confidence = { method: 'interval-widths', absolute: 0.5, squared: 0.4 } as const;
  expect(expectedForecastErrors(confidence, series)).toEqual({
    ...{ points: 3, mase: (0.5 * 12) / 2 / 3, wape: (0.5 * 14) / 35 },
    rmse: expect.closeTo(Math.sqrt((0.4 * (16 + 64 + 4)) / 3), 12),
  });
});
