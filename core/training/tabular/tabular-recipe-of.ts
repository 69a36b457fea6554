import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import type { TabularSpec } from '../../spec/schema.ts';
import { SEED } from '../recipe.ts';
import type { CandidateRequest } from '../recipe-of.ts';
import { checkedHyperparameters, methodOf } from '../trainers.ts';
import { questionOf } from './question.ts';
import type { TabularRecipe } from './tabular-recipe.ts';

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
