import { valueAt } from '../../data/series.ts';
import type { Measures } from '../measures.ts';
import { aucOf } from './auc.ts';
import { calibrationBins, calibrationError } from './calibration.ts';
import { mostProbable } from './most-probable.ts';

/** A probability of 0 for what happened would make the whole loss infinite. */
const LEAST = 1e-15;

/**
 * Measures of predicted probabilities. Of two classes the second one is positive; with more, `auc` and `f1` are means
 * over the classes, each against all others, that leave out classes for which they are undefined.
 * - `auc`: area under the ROC curve.
 * - `log_loss`: mean −ln of the probability of the class that happened, which counts as 1e-15 at least.
 * - `brier`: mean squared error of the positive class's probability, 0 to 1; with more than two classes the sum over
 *   the classes, 0 to 2.
 * - `f1`: harmonic mean of precision and recall of the most probable class.
 * - `accuracy`: share of examples whose most probable class happened.
 * - `calibration_error`: mean distance of probabilities from what happened, over bins; 0 to 1.
 *
 * Sources: Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78 (1950) 1-3;
 * van Rijsbergen, "Information Retrieval", 2nd edition 1979 (F); `aucOf` and `calibrationBins` name theirs.
 * @param probabilities For each class a column.
 * @param labels Indices of classes.
 */
export function measureClassification(
  probabilities: readonly Float64Array[],
  labels: Float64Array,
): Measures {
  const rows = labels.length;
  const guesses = mostProbable(probabilities, rows);
  const judged = probabilities.length === 2 ? [1] : [...probabilities.keys()];
  return {
    auc: meanOf(judged.map(k => aucOf(columnOf(probabilities, k), i => labels[i] === k))),
    log_loss: rows === 0 ? null : logLoss(probabilities, labels),
    brier: rows === 0 ? null : brier(probabilities, labels, judged),
    f1: meanOf(judged.map(k => f1Of(guesses, labels, k))),
    accuracy:
      rows === 0 ? null : labels.reduce((hits, label, i) => hits + Number(guesses[i] === label), 0) / rows,
    calibration_error: calibrationError(calibrationBins(probabilities, labels)),
    rows,
  };
}

const columnOf = (columns: readonly Float64Array[], k: number): Float64Array =>
  columns[k] ?? new Float64Array(0);

function logLoss(probabilities: readonly Float64Array[], labels: Float64Array): number {
  const losses = labels.map(
    (label, i) => -Math.log(Math.max(valueAt(columnOf(probabilities, label), i), LEAST)),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length;
}

function brier(
  probabilities: readonly Float64Array[],
  labels: Float64Array,
  judged: readonly number[],
): number {
  let sum = 0;
  for (const k of judged) {
    const column = columnOf(probabilities, k);
    for (const [i, label] of labels.entries()) sum += (valueAt(column, i) - Number(label === k)) ** 2;
  }
  return sum / labels.length;
}

/** null where the class neither happened nor was predicted. */
function f1Of(guesses: Int32Array, labels: Float64Array, k: number): number | null {
  let [hits, misses, falseAlarms] = [0, 0, 0];
  for (const [i, label] of labels.entries()) {
    if (label === k && guesses[i] === k) hits++;
    else if (label === k) misses++;
    else if (guesses[i] === k) falseAlarms++;
  }
  const total = 2 * hits + misses + falseAlarms;
  return total === 0 ? null : (2 * hits) / total;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
