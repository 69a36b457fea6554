import type { Candidate, Spec } from '../spec/schema.ts';

/**
 * The candidates to train: those of the spec, and the baseline where the gate compares with it, so that what a model
 * has to beat is a run of its own that everyone can look up.
 */
export function candidatesOf({ candidates, gate }: Spec): Candidate[] {
  const needed =
    gate.better_than.includes('baseline') && !candidates.some(({ trainer }) => trainer === 'baseline');
  return needed ? [{ trainer: 'baseline', hyperparameters: {} }, ...candidates] : [...candidates];
}
