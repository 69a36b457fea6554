/** Derivatives of the weighted loss by the raw prediction of one output, one element per example. */
export interface Derivatives {
  readonly gradient: Float64Array;
  /** Second derivatives; the weights themselves where `constantHessian`. */
  readonly hessian: Float64Array;
}

/** The examples that a loss is taken over. */
export interface Labelled {
  readonly target: Float64Array;
  /** Undefined: every example weighs 1. */
  readonly weights: Float64Array | undefined;
}

/**
 * An objective as boosting needs it. Raw predictions are one array per output, before the link: sums of leaf values.
 *
 * Source: Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", Annals of Statistics 29 (2001)
 * 1189-1232; second derivatives as in Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016.
 */
export interface Loss {
  /** Raw predictions per example, and trees per round. */
  readonly outputs: number;
  /** Whether the second derivative of an example is its weight, whatever is predicted. */
  readonly constantHessian: boolean;
  /**
   * The level of the quantile of residuals that a leaf takes as its value, for losses whose second derivative says
   * nothing about it; undefined where the leaf takes the Newton step.
   */
  readonly leafQuantile: number | undefined;
  /** The constant raw predictions with the least loss, to start from. */
  start(examples: Labelled): Float64Array;
  /** Called once before the trees of a round, whose derivatives are all taken at the same raw predictions. */
  beginRound(raw: readonly Float64Array[]): void;
  derivatives(raw: readonly Float64Array[], output: number, examples: Labelled, into: Derivatives): void;
  /** What a leaf makes of its Newton step −G / (H + λ). */
  leafStep(newton: number): number;
  /** The mean loss per unit of weight. */
  mean(raw: readonly Float64Array[], examples: Labelled): number;
  /**
   * Predictions of one example from its raw ones: one value, or one probability per class.
   * @param into Has as many elements as there are predictions.
   */
  predict(raw: ArrayLike<number>, into: Float64Array): void;
  /** Elements that `predict` fills. */
  readonly predictions: number;
}

/** The weighted mean, exact for a constant. */
export function meanOf({ target, weights }: Labelled): number {
  const first = target[0] ?? Number.NaN;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    sum += weight * ((target[i] ?? 0) - first);
    total += weight;
  }
  return first + sum / total;
}

/** The weighted mean of what each example loses. */
export function meanLoss({ target, weights }: Labelled, lossAt: (example: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    sum += weight * lossAt(i);
    total += weight;
  }
  return sum / total;
}
