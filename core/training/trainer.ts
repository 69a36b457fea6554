import type { z } from 'zod';
import type { Task } from '../spec/metrics.ts';
import type { TRAINER_TASKS, TrainerName } from '../spec/trainer-names.ts';
import type { ForecastingMethod } from './forecasting-method.ts';
import type { TabularMethod } from './tabular/tabular-method.ts';

export type Hyperparameters = Readonly<Record<string, number | string | boolean>>;

/** What every method of every trainer has. */
export interface Method {
  /** The hyperparameters that it knows, with their defaults; strict. */
  readonly hyperparameters: z.ZodType<Hyperparameters, unknown>;
}

/** The two kinds of task, by what a model of the kind looks at: series, or rows with features. */
export interface Methods {
  readonly forecasting: ForecastingMethod;
  readonly tabular: TabularMethod;
}

export type Kind = keyof Methods;

type KindOf<T extends Task> = T extends 'forecasting' ? 'forecasting' : 'tabular';

/** A trainer: for each kind of its tasks, as the spec names them, the method that learns it. */
export type Trainer<Name extends TrainerName = TrainerName> = Pick<
  Methods,
  KindOf<(typeof TRAINER_TASKS)[Name][number]>
>;
