import { TrainingError } from '../telemetry/errors.ts';
import { baseline } from './baseline.ts';
import { mstl } from './mstl.ts';
import type { Hyperparameters, Trainer } from './trainer.ts';

/** Every trainer, by the name that specs use. A new one is added here and to the spec's schema. */
const TRAINERS: ReadonlyMap<string, Trainer> = new Map(
  [baseline, mstl].map(trainer => [trainer.name, trainer]),
);

/** The trainer of a name. Throws TrainingError when there is none. */
export function trainerOf(name: string): Trainer {
  const trainer = TRAINERS.get(name);
  if (trainer === undefined) {
    throw new TrainingError(`There is no trainer "${name}"; trainers: ${[...TRAINERS.keys()].join(', ')}.`);
  }
  return trainer;
}

/** A candidate's hyperparameters with the defaults of its trainer. Throws TrainingError for one that it does not know. */
export function checkedHyperparameters(trainer: Trainer, given: Hyperparameters): Hyperparameters {
  const parsed = trainer.hyperparameters.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(issue =>
    issue.code === 'unrecognized_keys'
      ? `it does not know ${issue.keys.map(key => `"${key}"`).join(', ')}`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new TrainingError(`Hyperparameters of the trainer ${trainer.name}: ${problems.join('; ')}.`);
}
