import type { Task } from './metrics.ts';

/**
 * The trainers that a spec may name, and the tasks that each can learn. `core/training/trainers.ts` has one trainer for
 * each of these names, with a method for each kind of its tasks.
 */
export const TRAINER_TASKS = {
  baseline: ['forecasting', 'regression', 'classification'],
  mstl: ['forecasting'],
  'gradient-boosting': ['forecasting', 'regression', 'classification'],
  onnx: ['regression', 'classification'],
  script: ['regression', 'classification'],
} as const satisfies Record<string, readonly Task[]>;

export type TrainerName = keyof typeof TRAINER_TASKS;

export const isTrainerName = (name: string): name is TrainerName => Object.hasOwn(TRAINER_TASKS, name);

/** The tasks of a trainer; none for a name that is no trainer. */
export const tasksOfTrainer = (name: string): readonly Task[] =>
  isTrainerName(name) ? TRAINER_TASKS[name] : [];

/** Names of the trainers that can learn a task. */
export const trainersFor = (task: Task): TrainerName[] =>
  Object.keys(TRAINER_TASKS)
    .filter(isTrainerName)
    .filter(name => tasksOfTrainer(name).includes(task));

/** Trainers without a single number to tune: random search has nothing to draw for them. Each with what it has instead. */
export const WITHOUT_NUMBERS: Readonly<Partial<Record<TrainerName, string>>> = {
  baseline: 'has no hyperparameters',
  mstl: 'has no numbers to tune, only "transform"; write "grid: { transform: [none, log] }"',
};
