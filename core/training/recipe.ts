import * as z from 'zod';

/**
 * All that makes forecasts from series: equal recipes on equal series give equal forecasts. A version is its recipe, and
 * is fitted again on the newest data, which matter most; not every library behind a trainer could store a model anyway.
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

/** One for all, so that runs stay comparable. */
export const SEED = 1;
