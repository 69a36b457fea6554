import * as z from 'zod';
import { questionSchema } from './question.ts';

/** All that makes a tabular model from a dataset: equal recipes on equal datasets give equal models. */
export const tabularRecipeSchema = z.object({
  trainer: z.string(),
  /** With the trainer's defaults filled in. */
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  seed: z.int(),
  question: questionSchema,
});

export type TabularRecipe = z.output<typeof tabularRecipeSchema>;
