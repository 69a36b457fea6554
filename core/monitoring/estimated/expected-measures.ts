import { valueAt } from '../../data/series.ts';
import type { Measures } from '../../evaluation/measures.ts';
import { mostProbable } from '../../evaluation/tabular/most-probable.ts';
import { judgedClasses } from './calibrate-probabilities.ts';

/** As for a measured log loss. */
const LEAST = 1e-15;

/**
 * What the measures of a classification are expected to be while nobody knows what happened, if the calibrated
 * probabilities are true: each row counts as each class with its probability. From the confusion matrix that is
 * expected follow F1 and accuracy; from the expectation over rows log loss and Brier score; and the AUC from rows that
 * are positive and negative with their weights. It sees data that moves to where the model is less sure; a change of
 * what the data means, so that probabilities are true no more, it cannot see.
 *
 * Source: NannyML's documentation, "Estimation of Performance of the Monitored Model" (confidence-based performance
 * estimation, CBPE).
 * @param outputs What the model said, by class: what it is measured by.
 * @param truth Calibrated probabilities, by class.
 */
export function expectedMeasures(
  outputs: readonly Float64Array[],
  truth: readonly Float64Array[],
  rows: number,
): Measures {
  if (rows === 0) return {};
  const guesses = mostProbable(outputs, rows);
  const judged = judgedClasses(outputs.length);
  const at = (columns: readonly Float64Array[], k: number, row: number): number =>
    valueAt(columns[k] ?? new Float64Array(0), row);
  let [logLoss, brier, accuracy] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (const k of outputs.keys())
      logLoss -= at(truth, k, row) * Math.log(Math.max(at(outputs, k, row), LEAST));
    for (const k of judged) {
      const [said, is] = [at(outputs, k, row), at(truth, k, row)];
      brier += is * (said - 1) ** 2 + (1 - is) * said ** 2;
    }
    accuracy += at(truth, guesses[row] ?? 0, row);
  }
  return {
    auc: meanOf(
      judged.map(k => expectedAuc(outputs[k] ?? new Float64Array(0), truth[k] ?? new Float64Array(0))),
    ),
    log_loss: logLoss / rows,
    brier: brier / rows,
    f1: meanOf(judged.map(k => expectedF1(guesses, truth[k] ?? new Float64Array(0), k))),
    accuracy: accuracy / rows,
    rows,
  };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function expectedF1(guesses: Int32Array, truth: Float64Array, k: number): number | null {
  let [hits, falseAlarms, misses] = [0, 0, 0];
  for (const [row, guess] of guesses.entries()) {
    const is = valueAt(truth, row);
    if (guess === k) {
      hits += is;
      falseAlarms += 1 - is;
    } else misses += is;
  }
  const total = 2 * hits + falseAlarms + misses;
  return total === 0 ? null : (2 * hits) / total;
}

/** The probability that a row that is positive has a higher score than another one that is not; ties count half. */
function expectedAuc(scores: Float64Array, truth: Float64Array): number | null {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => valueAt(scores, a) - valueAt(scores, b),
  );
  let [won, positives, negatives, self] = [0, 0, 0, 0];
  for (let from = 0; from < order.length; ) {
    const score = scores[order[from] ?? 0];
    let [tiedPositives, tiedNegatives, to] = [0, 0, from];
    for (; to < order.length; to++) {
      const i = order[to] ?? 0;
      if (scores[i] !== score) break;
      const is = valueAt(truth, i);
      tiedPositives += is;
      tiedNegatives += 1 - is;
      // No row is compared with itself.
      self += is * (1 - is);
    }
    won += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    from = to;
  }
  const pairs = positives * negatives - self;
  return pairs > 0 ? (won - self / 2) / pairs : null;
}
