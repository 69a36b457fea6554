import { type Loss, meanLoss } from './loss.ts';

/** A class without an example starts as if it had this share of them: raw predictions stay finite. */
const LEAST_SHARE = 1e-6;

/**
 * The log loss of several classes, one raw prediction each; with p its probability, the derivatives are p − [y = class]
 * and p (1 − p).
 *
 * Source: Friedman 2001, section 4.6.
 */
export function softmax(classes: number): Loss {
  /** Per example, the logarithm of the sum of exponentials at the start of the round. */
  let normalizers = new Float64Array(0);
  return {
    outputs: classes,
    predictions: classes,
    constantHessian: false,
    leafQuantile: undefined,
    start({ target, weights }) {
      const totals = new Float64Array(classes);
      for (const [i, label] of target.entries()) totals[label] = (totals[label] ?? 0) + (weights?.[i] ?? 1);
      const total = totals.reduce((sum, weight) => sum + weight, 0);
      return totals.map(weight => Math.log(Math.max(weight / total, LEAST_SHARE)));
    },
    beginRound(raw) {
      const examples = raw[0]?.length ?? 0;
      if (normalizers.length !== examples) normalizers = new Float64Array(examples);
      const scores = new Float64Array(classes);
      for (let i = 0; i < examples; i++) normalizers[i] = normalizerOf(scoresAt(raw, i, scores));
    },
    derivatives(raw, output, { target, weights }, { gradient, hessian }) {
      const own = raw[output] ?? new Float64Array(0);
      for (let i = 0; i < target.length; i++) {
        const weight = weights === undefined ? 1 : (weights[i] ?? 0);
        const probability = Math.exp((own[i] ?? 0) - (normalizers[i] ?? 0));
        gradient[i] = weight * (probability - (target[i] === output ? 1 : 0));
        hessian[i] = weight * probability * (1 - probability);
      }
    },
    leafStep: newton => newton,
    mean(raw, examples) {
      const scores = new Float64Array(classes);
      return meanLoss(examples, i => {
        scoresAt(raw, i, scores);
        return normalizerOf(scores) - (scores[examples.target[i] ?? -1] ?? Number.NaN);
      });
    },
    predict(raw, into) {
      const normalizer = normalizerOf(raw);
      for (let output = 0; output < classes; output++) {
        into[output] = Math.exp((raw[output] ?? Number.NaN) - normalizer);
      }
    },
  };
}

function scoresAt(raw: readonly Float64Array[], example: number, into: Float64Array): Float64Array {
  for (let output = 0; output < into.length; output++) into[output] = raw[output]?.[example] ?? 0;
  return into;
}

/** ln Σ exp, without overflow. */
function normalizerOf(scores: ArrayLike<number>): number {
  let highest = -Infinity;
  for (let i = 0; i < scores.length; i++) highest = Math.max(highest, scores[i] ?? 0);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += Math.exp((scores[i] ?? 0) - highest);
  return highest + Math.log(sum);
}
