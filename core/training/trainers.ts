import { isTrainerName, TRAINER_TASKS, type TrainerName, tasksOfTrainer } from '../spec/trainer-names.ts';
import { TrainingError } from '../telemetry/errors.ts';
import { baseline } from './baseline.ts';
import { boostedForecaster } from './forecasting/boosted/boosted-forecaster.ts';
import { mstl } from './mstl.ts';
import { broughtModel } from './onnx/brought-model.ts';
import { scriptMethod } from './script/script-method.ts';
import { boostedTrees } from './tabular/boosted-trees.ts';
import { priorMethod } from './tabular/prior.ts';
import type { Hyperparameters, Kind, Method, Methods, Trainer } from './trainer.ts';

/** Every trainer, by the name that specs use. The compiler asks for a method for each kind of task that it is to learn. */
const TRAINERS: { readonly [Name in TrainerName]: Trainer<Name> } = {
  baseline: { forecasting: baseline, tabular: priorMethod },
  mstl: { forecasting: mstl },
  'gradient-boosting': { forecasting: boostedForecaster, tabular: boostedTrees },
  onnx: { tabular: broughtModel },
  script: { tabular: scriptMethod },
};

/** The method of a trainer for a kind of task. Throws TrainingError when there is no such trainer, or it has none. */
export function methodOf<K extends Kind>(kind: K, name: string): Methods[K] {
  if (!isTrainerName(name)) {
    throw new TrainingError(
      `There is no trainer "${name}"; trainers: ${Object.keys(TRAINER_TASKS).join(', ')}.`,
    );
  }
  const methods: Partial<Methods> = TRAINERS[name];
  const method = methods[kind];
  if (method === undefined) {
    throw new TrainingError(
      `The trainer "${name}" does not fit the task: it learns ${tasksOfTrainer(name).join(' and ')} only.`,
    );
  }
  return method;
}

/** A candidate's hyperparameters with the defaults of its trainer. Throws TrainingError for one that it does not know. */
export function checkedHyperparameters(
  trainer: string,
  { hyperparameters }: Method,
  given: Hyperparameters,
): Hyperparameters {
  const parsed = hyperparameters.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(issue =>
    issue.code === 'unrecognized_keys'
      ? `it does not know ${issue.keys.map(key => `"${key}"`).join(', ')}`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new TrainingError(`Hyperparameters of the trainer ${trainer}: ${problems.join('; ')}.`);
}
