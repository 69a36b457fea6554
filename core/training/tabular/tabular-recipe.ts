import * as z from 'zod';
import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import type { TabularSpec } from '../../spec/schema.ts';
import { SEED } from '../recipe.ts';
import type { CandidateRequest } from '../recipe-of.ts';
import { checkedHyperparameters, methodOf } from '../trainers.ts';
import { questionOf, questionSchema } from './question.ts';

/** All that makes a tabular model from a dataset: equal recipes on equal datasets give equal models. */
export const tabularRecipeSchema = z.object({
  trainer: z.string(),
  /** With the trainer's defaults filled in. */
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  seed: z.int(),
  question: questionSchema,
});

export type TabularRecipe = z.output<typeof tabularRecipeSchema>;

/** The recipe of a tabular candidate. Throws TrainingError for an unknown trainer or hyperparameter. */
export const tabularRecipeOf = (
  spec: TabularSpec,
  dataset: ExamplesRecord,
  { trainer, hyperparameters }: CandidateRequest,
): TabularRecipe => ({
  trainer,
  hyperparameters: { ...checkedHyperparameters(trainer, methodOf('tabular', trainer), hyperparameters) },
  seed: SEED,
  question: questionOf(spec, dataset),
});
