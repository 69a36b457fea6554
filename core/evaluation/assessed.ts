import type { PredictionReference } from '../monitoring/prediction-reference.ts';
import type { VersionRecord } from '../registry/versions.ts';
import type { Spec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { SucceededRun } from '../training/run-record.ts';
import type { Difference } from './bootstrap.ts';
import type { Evaluation } from './evaluation-record.ts';
import type { Measures } from './measures.ts';

/** What is to be measured on the test part of a dataset. */
export interface Contest<S extends Spec = Spec> {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: S;
  /** Id of the dataset. */
  readonly dataset: string;
  readonly chosen: SucceededRun;
  /** The version in production, where the gate compares with it. */
  readonly champion: VersionRecord | undefined;
}

type Details<E extends Evaluation> = Omit<E, keyof Evaluation | 'task'> & Pick<E, 'task'>;

/** What the test part said of a model that the candidate is compared with. */
export interface AssessedOpponent {
  readonly measures: Measures;
  /** The candidate's gate metric minus this one's; undefined where they have no point in common. */
  readonly difference: Difference | undefined;
}

/** What the test part said. */
export interface Assessed<E extends Evaluation = Evaluation> {
  readonly chosen: Measures;
  readonly baseline: AssessedOpponent;
  readonly champion:
    | (AssessedOpponent & {
        /** Whether the chosen candidate is the champion's recipe on newer data. */
        readonly sameRecipe: boolean;
      })
    | undefined;
  /** What monitoring will compare the predictions of the chosen candidate with. */
  readonly reference: Pick<PredictionReference, 'predictions' | 'interval' | 'confidence'>;
  /** What an evaluation of the task tells beside the measures. */
  readonly details: E extends Evaluation ? Details<E> : never;
}

/** Opens the test part for the chosen run, the baseline and the champion: the same rows for all of them. */
export type Assess<S extends Spec, E extends Evaluation> = (contest: Contest<S>) => Promise<Assessed<E>>;
