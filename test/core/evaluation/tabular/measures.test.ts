import { describe, expect, test } from 'vitest';
import { calibrationBins, calibrationError } from '../../../../core/evaluation/tabular/calibration.ts';
import { measureClassification } from '../../../../core/evaluation/tabular/classification.ts';
import { measureRegression } from '../../../../core/evaluation/tabular/regression.ts';

const floats = (...values: number[]): Float64Array => Float64Array.from(values);
/** Columns of probabilities of two classes, from that of the second. */
const binary = (...positive: number[]): Float64Array[] => [
  Float64Array.from(positive, p => 1 - p),
  Float64Array.from(positive),
];

describe('measureRegression', () => {
  test('with exact values', () => {
    // Errors: 1, −2, 3; the actual mean is 4, their squared distances 9 + 0 + 9.
    expect(measureRegression(floats(2, 2, 10), floats(1, 4, 7))).toEqual({
      ...{ rmse: Math.sqrt(14 / 3), mae: 2, r2: 1 - 14 / 18 },
      ...{ quantile_loss: 1, bias: 2 / 3, rows: 3 },
    });
  });

  test('a high quantile punishes what is too low', () => {
    // 0.1 · 1 + 0.9 · 2 + 0.1 · 3, over three examples.
    expect(measureRegression(floats(2, 2, 10), floats(1, 4, 7), 0.9).quantile_loss).toBeCloseTo(2.2 / 3, 12);
  });

  test('R² is undefined where the actual values are all equal, and nothing is defined without any', () => {
    expect(measureRegression(floats(1, 2), floats(3, 3))).toMatchObject({ r2: null, mae: 1.5 });
    expect(measureRegression(floats(), floats())).toMatchObject({ rmse: null, mae: null, r2: null, rows: 0 });
  });
});

describe('measureClassification', () => {
  test('of two classes, with exact values', () => {
    const measures = measureClassification(binary(0.25, 0.5, 0.75, 0.75), floats(0, 1, 1, 0));
    expect(measures).toMatchObject({
      // Of four pairs: 0.5 > 0.25, 0.5 < 0.75, 0.75 > 0.25, 0.75 = 0.75.
      auc: 0.625,
      brier: (0.0625 + 0.25 + 0.0625 + 0.5625) / 4,
      // At 0.5 the first class is taken: one hit, one miss, one false alarm.
      f1: 0.5,
      accuracy: 0.5,
      rows: 4,
    });
    expect(measures.log_loss).toBeCloseTo(-(2 * Math.log(0.75) + Math.log(0.5) + Math.log(0.25)) / 4, 12);
  });

  test('certain and wrong costs much, but not everything', () => {
    expect(measureClassification(binary(1), floats(0)).log_loss).toBeCloseTo(-Math.log(1e-15), 9);
  });

  test('of three classes: means over classes, and the Brier score over all of them', () => {
    const probabilities = [floats(0.5, 0.25, 0.25), floats(0.25, 0.5, 0.5), floats(0.25, 0.25, 0.25)];
    expect(measureClassification(probabilities, floats(0, 1, 0))).toMatchObject({
      // The third class never happened: its AUC and F1 are undefined. The first has one pair won and one tied.
      auc: (0.75 + 0.75) / 2,
      brier: (0.375 + 0.375 + 0.875) / 3,
      f1: (2 / 3 + 2 / 3) / 2,
      accuracy: 2 / 3,
    });
  });

  test('one class only has no AUC', () => {
    expect(measureClassification(binary(0.1, 0.9), floats(1, 1)).auc).toBeNull();
  });
});

describe('calibration', () => {
  test('compares mean probabilities with shares, bin by bin; 1 belongs to the last', () => {
    const bins = calibrationBins(binary(0.125, 0.1875, 0.5, 1), floats(0, 1, 1, 1));
    expect(bins).toHaveLength(10);
    expect(bins[1]).toEqual({ from: 0.1, to: 0.2, rows: 2, predicted: 0.15625, observed: 0.5 });
    expect(bins[5]).toEqual({ from: 0.5, to: 0.6, rows: 1, predicted: 0.5, observed: 1 });
    expect(bins[9]).toEqual({ from: 0.9, to: 1, rows: 1, predicted: 1, observed: 1 });
    expect(bins[0]).toMatchObject({ rows: 0, predicted: null, observed: null });
    expect(calibrationError(bins)).toBe((2 * 0.34375 + 0.5) / 4);
  });

  test('of three classes looks at the most probable one', () => {
    const bins = calibrationBins([floats(0.6), floats(0.3), floats(0.1)], floats(1));
    expect(bins[6]).toMatchObject({ rows: 1, predicted: 0.6, observed: 0 });
    expect(calibrationError([])).toBeNull();
  });
});
