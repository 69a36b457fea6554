import { quantileOf } from '../quantile.ts';
import { type Loss, meanLoss } from './loss.ts';

/**
 * The pinball loss of a quantile: `level` per unit below the target, 1 − `level` per unit above it, times `scale`.
 * It is linear on both sides, so gradients only tell the sides apart; each leaf takes the quantile of its residuals.
 *
 * Sources: Koenker and Bassett, "Regression Quantiles", Econometrica 46 (1978) 33-50; Friedman 2001, algorithm 3
 * (LAD_TreeBoost) for the leaves.
 */
function pinball(level: number, scale: number): Loss {
  const below = -level * scale;
  const above = (1 - level) * scale;
  return {
    outputs: 1,
    predictions: 1,
    constantHessian: true,
    leafQuantile: level,
    start: ({ target, weights }) => Float64Array.of(quantileOf(target.slice(), weights, level)),
    beginRound() {},
    derivatives([raw = new Float64Array(0)], _, { target, weights }, { gradient, hessian }) {
      for (let i = 0; i < target.length; i++) {
        const weight = weights === undefined ? 1 : (weights[i] ?? 0);
        const error = (raw[i] ?? 0) - (target[i] ?? 0);
        gradient[i] = error === 0 ? 0 : weight * (error < 0 ? below : above);
        hessian[i] = weight;
      }
    },
    leafStep: newton => newton,
    mean: ([raw = new Float64Array(0)], examples) =>
      meanLoss(examples, i => {
        const error = (raw[i] ?? 0) - (examples.target[i] ?? 0);
        return error * (error < 0 ? below : above);
      }),
    predict(raw, into) {
      into[0] = raw[0] ?? Number.NaN;
    },
  };
}

export const quantile = (level: number): Loss => pinball(level, 1);

/** The absolute error. */
export const absolute = (): Loss => pinball(0.5, 2);
