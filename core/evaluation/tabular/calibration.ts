import * as z from 'zod';
import { valueAt } from '../../data/series.ts';
import { mostProbable } from './most-probable.ts';

const BINS = 10;

export const calibrationBinSchema = z.object({
  /** Range of the probabilities: `to` is in the last bin only. */
  from: z.number(),
  to: z.number(),
  rows: z.int(),
  /** Mean of the probabilities; null for an empty bin. */
  predicted: z.number().nullable(),
  /** Share of the rows for which it happened; null for an empty bin. */
  observed: z.number().nullable(),
});

export type CalibrationBin = z.output<typeof calibrationBinSchema>;

/**
 * Whether probabilities can be taken at their word: of the examples with a probability around 30 %, some 30 % should
 * be positive. Ten bins of equal width; of two classes over the probability of the second, with more over that of the
 * most probable one.
 *
 * Source: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017 (reliability diagram,
 * expected calibration error, confidence of the predicted class).
 */
export function calibrationBins(
  probabilities: readonly Float64Array[],
  labels: Float64Array,
): CalibrationBin[] {
  const binary = probabilities.length === 2;
  const guesses = binary ? undefined : mostProbable(probabilities, labels.length);
  const sums = Array.from({ length: BINS }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  for (const [i, label] of labels.entries()) {
    const judged = guesses?.[i] ?? 1;
    const probability = valueAt(probabilities[judged] ?? new Float64Array(0), i);
    const bin = sums[Math.min(BINS - 1, Math.floor(probability * BINS))];
    if (bin === undefined) continue;
    bin.rows++;
    bin.predicted += probability;
    bin.observed += Number(label === judged);
  }
  return sums.map(({ rows, predicted, observed }, b) => ({
    ...{ from: b / BINS, to: (b + 1) / BINS, rows },
    predicted: rows === 0 ? null : predicted / rows,
    observed: rows === 0 ? null : observed / rows,
  }));
}

/** The expected calibration error: mean |predicted − observed| over bins, weighted by their rows; null without rows. */
export function calibrationError(bins: readonly CalibrationBin[]): number | null {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const distance = bins.reduce(
    (sum, bin) => sum + bin.rows * Math.abs((bin.predicted ?? 0) - (bin.observed ?? 0)),
    0,
  );
  return rows === 0 ? null : distance / rows;
}
