import { valueAt } from '../../data/series.ts';
import type { ConfidenceOf } from './confidence.ts';

type Line = ConfidenceOf<'calibrated-probabilities'>['lines'][number];

/** Logits of 0 and 1 are infinite. */
const LEAST = 1e-6;
const ROUNDS = 50;
const PRECISION = 1e-10;

const AS_IT_IS: Line = { intercept: 0, slope: 1 };

export const logit = (probability: number): number => {
  const inside = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(inside / (1 - inside));
};

/**
 * The logistic curve through predicted probabilities of an event and what happened: probabilities as they should have
 * been. Fitted by Newton's method; outcomes count as slightly less sure than they are, as Platt does, so that a model
 * that was always right gets no infinite slope. Without an event, or without its absence, nothing can be learned, and
 * probabilities stay as they are.
 *
 * Source: Platt, "Probabilistic Outputs for Support Vector Machines", Advances in Large Margin Classifiers, 1999 (with
 * logits of probabilities in the place of decision values).
 */
export function logisticCalibration(probabilities: Float64Array, happened: (row: number) => boolean): Line {
  const x = probabilities.map(logit);
  const events = x.reduce((count, _, row) => count + Number(happened(row)), 0);
  const others = x.length - events;
  if (events === 0 || others === 0) return AS_IT_IS;
  const [high, low] = [(events + 1) / (events + 2), 1 / (others + 2)];
  let { intercept, slope } = AS_IT_IS;
  for (let round = 0; round < ROUNDS; round++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
    for (let row = 0; row < x.length; row++) {
      const at = valueAt(x, row);
      const p = 1 / (1 + Math.exp(-(intercept + slope * at)));
      const error = p - (happened(row) ? high : low);
      const weight = Math.max(p * (1 - p), 1e-12);
      g0 += error;
      g1 += error * at;
      h00 += weight;
      h01 += weight * at;
      h11 += weight * at * at;
    }
    const determinant = h00 * h11 - h01 * h01;
    // All logits equal: only the level can be learned.
    const [d0, d1] =
      determinant > 1e-9 * h00 * h11
        ? [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant]
        : [g0 / h00, 0];
    intercept -= d0;
    slope -= d1;
    if (Math.abs(d0) + Math.abs(d1) < PRECISION) break;
  }
  // A curve that falls would call the surest rows the least sure: then there is nothing in these words.
  const sane = Number.isFinite(intercept) && Number.isFinite(slope) && slope > 0;
  return sane ? { intercept, slope } : AS_IT_IS;
}

/** Classes that are judged: of two the second, of more each. */
export const judgedClasses = (classes: number): number[] =>
  classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);

/** What is to be learned from labelled predictions: a line for each class that is judged. */
export const calibrateProbabilities = (
  outputs: readonly Float64Array[],
  target: Float64Array,
): ConfidenceOf<'calibrated-probabilities'> => ({
  method: 'calibrated-probabilities',
  lines: judgedClasses(outputs.length).map(k =>
    logisticCalibration(outputs[k] ?? new Float64Array(0), row => target[row] === k),
  ),
});

/** Calibrated probabilities of every class; of each row they add up to 1. */
export function calibrated(
  { lines }: ConfidenceOf<'calibrated-probabilities'>,
  outputs: readonly Float64Array[],
): Float64Array[] {
  const judged = judgedClasses(outputs.length);
  const own = judged.map((k, i) => {
    const { intercept, slope } = lines[i] ?? AS_IT_IS;
    return (outputs[k] ?? new Float64Array(0)).map(p => 1 / (1 + Math.exp(-(intercept + slope * logit(p)))));
  });
  const [only] = own;
  if (outputs.length === 2 && only !== undefined) return [only.map(p => 1 - p), only];
  const sums = Float64Array.from({ length: only?.length ?? 0 }, (_, row) =>
    own.reduce((sum, column) => sum + valueAt(column, row), 0),
  );
  return own.map(column => column.map((p, row) => p / valueAt(sums, row)));
}
