import { valueAt } from '../../data/series.ts';
import type { Measures } from '../measures.ts';
import { drawnAuc } from './auc.ts';
import { calibrationBins, calibrationError } from './calibration.ts';
import { type Drawn, drawnMean, drawnSum, meanOfDrawn } from './drawn.ts';
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
 *
 * Sources: Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78 (1950) 1-3;
 * van Rijsbergen, "Information Retrieval", 2nd edition 1979 (F); `drawnAuc` names its own.
 * @param probabilities For each class a column.
 * @param labels Indices of classes.
 */
export function drawnClassification(probabilities: readonly Float64Array[], labels: Float64Array) {
  const guesses = mostProbable(probabilities, labels.length);
  const judged = probabilities.length === 2 ? [1] : [...probabilities.keys()];
  const column = (k: number): Float64Array => probabilities[k] ?? new Float64Array(0);
  const squares = labels.map((label, i) =>
    judged.reduce((sum, k) => sum + (valueAt(column(k), i) - Number(label === k)) ** 2, 0),
  );
  return {
    auc: meanOfDrawn(judged.map(k => drawnAuc(column(k), i => labels[i] === k))),
    log_loss: drawnMean(labels.map((label, i) => -Math.log(Math.max(valueAt(column(label), i), LEAST)))),
    brier: drawnMean(squares),
    f1: meanOfDrawn(judged.map(k => drawnF1(guesses, labels, k))),
    accuracy: drawnMean(labels.map((label, i) => Number(guesses[i] === label))),
  } satisfies Record<string, Drawn>;
}

/** The measures of all examples, and how well calibrated the probabilities are. */
export function measureClassification(
  probabilities: readonly Float64Array[],
  labels: Float64Array,
): Measures {
  const { auc, log_loss, brier, f1, accuracy } = drawnClassification(probabilities, labels);
  return {
    ...{ auc: auc(), log_loss: log_loss(), brier: brier(), f1: f1(), accuracy: accuracy() },
    calibration_error: calibrationError(calibrationBins(probabilities, labels)),
    rows: labels.length,
  };
}

/** F1 of one class; null where it neither happened nor was predicted. */
function drawnF1(guesses: Int32Array, labels: Float64Array, k: number): Drawn {
  const hits = labels.map((label, i) => Number(label === k && guesses[i] === k));
  // A row that either happened or was guessed, but not both, is a miss or a false alarm.
  const errors = labels.map((label, i) => Number((label === k) !== (guesses[i] === k)));
  return times => {
    const hit = 2 * drawnSum(hits, times);
    const total = hit + drawnSum(errors, times);
    return total === 0 ? null : hit / total;
  };
}
