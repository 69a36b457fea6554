import { type Loss, meanLoss, meanOf } from './loss.ts';

/** An exponential family: the mean μ as a function of the raw prediction, and the variance as a function of μ. */
interface Family {
  /** Raw prediction from mean. */
  readonly link: (mean: number) => number;
  /** Mean from raw prediction. */
  readonly mean: (raw: number) => number;
  /** Undefined: 1. */
  readonly variance?: (mean: number) => number;
  /** Negative log likelihood, less what does not depend on the prediction. */
  readonly loss: (raw: number, target: number) => number;
  readonly leafStep?: (newton: number) => number;
  readonly predict?: (mean: number, into: Float64Array) => void;
  readonly predictions?: number;
}

/**
 * The loss of an exponential family with its canonical link. There the derivatives by the raw prediction are μ − y and
 * the variance of μ, whatever the family.
 *
 * Source: McCullagh and Nelder, "Generalized Linear Models", 2nd edition (1989), section 2.5.
 */
function canonicalLoss(family: Family): Loss {
  const { link, mean, variance } = family;
  return {
    outputs: 1,
    predictions: family.predictions ?? 1,
    constantHessian: variance === undefined,
    leafQuantile: undefined,
    start: examples => Float64Array.of(link(meanOf(examples))),
    beginRound() {},
    derivatives([raw = new Float64Array(0)], _, { target, weights }, { gradient, hessian }) {
      for (let i = 0; i < target.length; i++) {
        const weight = weights === undefined ? 1 : (weights[i] ?? 0);
        const expected = mean(raw[i] ?? 0);
        gradient[i] = weight * (expected - (target[i] ?? 0));
        hessian[i] = variance === undefined ? weight : weight * variance(expected);
      }
    },
    leafStep: family.leafStep ?? (newton => newton),
    mean: ([raw = new Float64Array(0)], examples) =>
      meanLoss(examples, i => family.loss(raw[i] ?? 0, examples.target[i] ?? 0)),
    predict(raw, into) {
      const expected = mean(raw[0] ?? Number.NaN);
      if (family.predict === undefined) into[0] = expected;
      else family.predict(expected, into);
    },
  };
}

const identity = (value: number): number => value;

/** Half the squared error: the normal distribution. */
export const squared = (): Loss =>
  canonicalLoss({ link: identity, mean: identity, loss: (raw, target) => (raw - target) ** 2 / 2 });

/**
 * The Poisson distribution. The Newton step up overshoots under the log link: in a leaf whose mean is to grow by the
 * factor r it is r − 1, where the least loss is at ln r = ln(1 + step). Steps down are never below −1.
 */
export const poisson = (): Loss =>
  canonicalLoss({
    link: Math.log,
    mean: Math.exp,
    variance: identity,
    loss: (raw, target) => Math.exp(raw) - target * raw,
    leafStep: newton => (newton > 0 ? Math.log1p(newton) : newton),
  });

/** The Bernoulli distribution: the log loss of two classes. */
export const logistic = (): Loss =>
  canonicalLoss({
    link: mean => Math.log(mean / (1 - mean)),
    mean: raw => 1 / (1 + Math.exp(-raw)),
    variance: mean => mean * (1 - mean),
    loss: (raw, target) => Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw))) - target * raw,
    predictions: 2,
    predict(mean, into) {
      into[0] = 1 - mean;
      into[1] = mean;
    },
  });
