import * as z from 'zod';

/**
 * All that makes forecasts from series: equal recipes on equal series give equal forecasts. The libraries behind the
 * trainers cannot be stored as fitted models, so a version is its recipe, and is fitted again on the newest data.
 */
export const recipeSchema = z.object({
  trainer: z.string(),
  /** With the trainer's defaults filled in. */
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  season: z.array(z.int()),
  /** Steps. */
  horizon: z.int().min(1),
  seed: z.int(),
});

export type Recipe = z.output<typeof recipeSchema>;

/** No trainer here draws random numbers yet; the seed is part of every recipe all the same, so that runs stay comparable. */
export const SEED = 1;
