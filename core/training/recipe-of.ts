import type { ForecastingSpec } from '../spec/schema.ts';
import { type Recipe, SEED } from './recipe.ts';
import type { ScriptRequest } from './script/script-request.ts';
import type { Hyperparameters } from './trainer.ts';
import { checkedHyperparameters, methodOf } from './trainers.ts';

/** A candidate as a workflow hands it on: the name of the trainer has not been checked. */
export interface CandidateRequest {
  readonly trainer: string;
  readonly hyperparameters: Hyperparameters;
  /** Of the trainer `script`. */
  readonly script?: ScriptRequest | undefined;
}

/**
 * The recipe of a forecasting candidate. Throws TrainingError for an unknown trainer or hyperparameter.
 * @param season See `season-of.ts`.
 */
export const recipeOf = (
  spec: Pick<ForecastingSpec, 'horizon'>,
  { trainer, hyperparameters }: CandidateRequest,
  season: readonly number[],
): Recipe => ({
  trainer,
  hyperparameters: {
    ...checkedHyperparameters(trainer, methodOf('forecasting', trainer), hyperparameters),
  },
  season: [...season],
  horizon: spec.horizon,
  seed: SEED,
});

/** The naive forecast that the gate compares with, whether or not it is a candidate. */
export const baselineRecipe = (spec: Pick<ForecastingSpec, 'horizon'>, season: readonly number[]): Recipe =>
  recipeOf(spec, { trainer: 'baseline', hyperparameters: {} }, season);
