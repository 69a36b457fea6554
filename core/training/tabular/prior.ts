import * as z from 'zod';
import { canonicalJson } from '../../storage/digest.ts';
import type { Question } from './question.ts';
import type { Predictor, TabularMethod } from './tabular-method.ts';

/** One value per column of the answer. */
const priorSchema = z.object({ outputs: z.array(z.number()) });

/**
 * What every other trainer has to beat: the same answer for every row, without a look at its features. For a regression
 * the mean of the training part, or the quantile that is asked for; for a classification the share of each class.
 */
export const priorMethod: TabularMethod = {
  hyperparameters: z.strictObject({}),
  fit: async ({ question, train }) => predictorOf(priorOf(question, train.target)),
  decode: async bytes => predictorOf(priorSchema.parse(JSON.parse(Buffer.from(bytes).toString())).outputs),
};

const predictorOf = (outputs: readonly number[]): Predictor => ({
  encode: () => Buffer.from(canonicalJson({ outputs })),
  predict: async (_, rows) => outputs.map(value => new Float64Array(rows).fill(value)),
  importance: () => [],
  async [Symbol.asyncDispose]() {},
});

function priorOf(question: Question, target: Float64Array): number[] {
  if (question.task === 'classification') {
    const counts = question.classes.map(() => 0);
    for (const label of target) counts[label] = (counts[label] ?? 0) + 1;
    return counts.map(count => count / target.length);
  }
  if (question.quantile !== undefined) return [lowerQuantile(target, question.quantile)];
  return [target.reduce((sum, value) => sum + value, 0) / target.length];
}

/** The least value that at least this share of the values does not exceed; it minimizes the quantile loss. */
function lowerQuantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  // The product of floating-point numbers may lie a hair above the whole number that it should be.
  const rank = Math.max(1, Math.ceil(sorted.length * share - 1e-9));
  return sorted[rank - 1] ?? Number.NaN;
}
