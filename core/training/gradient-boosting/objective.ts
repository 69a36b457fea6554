import { z } from 'zod';

/**
 * What a model is trained to minimize over the target y:
 * - `squared`: half the squared error; predicts the mean.
 * - `absolute`: the absolute error; predicts the median.
 * - `quantile`: the pinball loss; predicts the quantile of `level`.
 * - `poisson`: the Poisson deviance with log link, for counts and other y ≥ 0; predicts the mean.
 * - `logistic`: the log loss of two classes, y in {0, 1}; predicts the probabilities of 0 and 1.
 * - `softmax`: the log loss of `classes` classes, y in {0, …, classes − 1}; predicts the probability of each.
 */
export const objectiveSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('squared') }),
  z.strictObject({ kind: z.literal('absolute') }),
  z.strictObject({ kind: z.literal('quantile'), level: z.number().gt(0).lt(1) }),
  z.strictObject({ kind: z.literal('poisson') }),
  z.strictObject({ kind: z.literal('logistic') }),
  z.strictObject({ kind: z.literal('softmax'), classes: z.int().min(2).max(1000) }),
]);

export type Objective = z.output<typeof objectiveSchema>;
