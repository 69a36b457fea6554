import type { Spec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { CandidateRequest } from './recipe-of.ts';
import type { ForecasterRun, PredictorRun, SucceededRun } from './run-record.ts';
import type { JobResult } from './script/read-script-model.ts';

/** Where a candidate finds its data. */
export interface Classroom<S extends Spec = Spec> {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: S;
  /** Id of the dataset. */
  readonly dataset: string;
  readonly candidate: CandidateRequest;
  /** Of a script: what is known of its training job. */
  readonly result?: JobResult;
}

type Told = Exclude<keyof ForecasterRun & keyof PredictorRun, 'task' | 'metrics' | 'importance'>;

/** What a run has to tell beside the facts of every run. */
export type Learned<R extends SucceededRun = SucceededRun> = R extends SucceededRun
  ? {
      /** The files of the model artifact, by their names under the run. */
      readonly artifacts: Readonly<Record<string, string | Uint8Array>>;
      readonly outcome: Omit<R, Told>;
      /** Time of a training that was done elsewhere. */
      readonly seconds?: number | undefined;
    }
  : never;

/**
 * Reads what a candidate learns from, and throws where that is not there. Whatever the returned function throws is the
 * candidate's own failure.
 */
export type Prepare<S extends Spec> = (classroom: Classroom<S>) => Promise<() => Promise<Learned>>;
