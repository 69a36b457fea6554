import { z } from 'zod';
import type { Spec } from '../spec/schema.ts';
import type { Hyperparameters } from './trainer.ts';
import { checkedHyperparameters, trainerOf } from './trainers.ts';

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

/** A candidate as a workflow hands it on: the name of the trainer has not been checked. */
export interface CandidateRequest {
  readonly trainer: string;
  readonly hyperparameters: Hyperparameters;
}

/** The recipe of a candidate. Throws TrainingError for an unknown trainer or hyperparameter. */
export const recipeOf = (spec: Spec, { trainer, hyperparameters }: CandidateRequest): Recipe => ({
  trainer,
  hyperparameters: { ...checkedHyperparameters(trainerOf(trainer), hyperparameters) },
  season: spec.series.season,
  horizon: spec.horizon,
  seed: SEED,
});

/** The naive forecast that the gate compares with, whether or not it is a candidate. */
export const baselineRecipe = (spec: Spec): Recipe =>
  recipeOf(spec, { trainer: 'baseline', hyperparameters: {} });
