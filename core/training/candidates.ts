import type { Spec } from '../spec/schema.ts';
import { canonicalJson } from '../storage/digest.ts';
import type { CandidateRequest } from './recipe-of.ts';
import { scriptOf } from './script/script-request.ts';
import { expandSearch } from './search.ts';

/**
 * The candidates to train, each with its own hyperparameters: those of the spec, their searches written out, and the
 * baseline where the gate compares with it, so that what a model has to beat is a run of its own that everyone can
 * look up. What two searches have in common is trained once.
 */
export function candidatesOf({ candidates, gate }: Spec): CandidateRequest[] {
  const needed =
    gate.better_than.includes('baseline') && !candidates.some(({ trainer }) => trainer === 'baseline');
  const written = candidates.flatMap(({ trainer, file, ...rest }) =>
    file === undefined
      ? expandSearch(rest).map(hyperparameters => ({ trainer, hyperparameters, ...scriptOf(rest) }))
      : [{ trainer, hyperparameters: { file } }],
  );
  const all = needed ? [{ trainer: 'baseline', hyperparameters: {} }, ...written] : written;
  return [...new Map(all.map(candidate => [canonicalJson(candidate), candidate])).values()];
}
