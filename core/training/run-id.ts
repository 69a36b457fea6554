import { isTabular, type Spec } from '../spec/schema.ts';
import { identityOf } from '../storage/digest.ts';
import type { TaskFailure } from './lost-training.ts';
import { SEED } from './recipe.ts';
import type { Classroom } from './trained-candidate.ts';

export interface TrainingRequest extends Classroom {
  /** ISO 8601; the moment that the work belongs to. */
  readonly time: string;
  /** Digest of the code that trains: another code is another run. */
  readonly codeDigest: string;
  /** How an attempt ended that could not say so itself; then there is no other. */
  readonly lost?: TaskFailure;
}

/** Id of a run: names all that decides its result. */
export const runId = ({ spec, dataset, candidate, codeDigest }: TrainingRequest): string =>
  identityOf({
    ...{ dataset, codeDigest, seed: SEED, ...asked(spec) },
    ...{ candidate: candidate.trainer, hyperparameters: candidate.hyperparameters },
    script: candidate.script,
  });

/** What the spec asks of a model that is not part of every dataset's identity. */
const asked = (spec: Spec): Record<string, unknown> =>
  isTabular(spec)
    ? spec.task === 'regression'
      ? { quantile: spec.quantile ?? null }
      : {}
    : { horizon: spec.horizon, season: spec.series.season };
