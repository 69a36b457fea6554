import type { ForecastingSpec } from '../spec/schema.ts';
import { type Recipe, SEED } from './recipe.ts';
import type { Hyperparameters } from './trainer.ts';
import { checkedHyperparameters, methodOf } from './trainers.ts';

/** A candidate as a workflow hands it on: the name of the trainer has not been checked. */
export interface CandidateRequest {
  readonly trainer: string;
  readonly hyperparameters: Hyperparameters;
}

/** The recipe of a forecasting candidate. Throws TrainingError for an unknown trainer or hyperparameter. */
export const recipeOf = (spec: ForecastingSpec, { trainer, hyperparameters }: CandidateRequest): Recipe => ({
  trainer,
  hyperparameters: {
    ...checkedHyperparameters(trainer, methodOf('forecasting', trainer), hyperparameters),
  },
  season: spec.series.season,
  horizon: spec.horizon,
  seed: SEED,
});

/** The naive forecast that the gate compares with, whether or not it is a candidate. */
export const baselineRecipe = (spec: ForecastingSpec): Recipe =>
  recipeOf(spec, { trainer: 'baseline', hyperparameters: {} });
