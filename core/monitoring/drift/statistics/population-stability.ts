import { totalOf } from './points.ts';

/** What an empty bin counts as: the logarithm of nothing is infinite. */
const LEAST_SHARE = 1e-4;

/**
 * The population stability index of two distributions over the same bins: Σ (q − p) · ln(q / p), the symmetrised
 * Kullback-Leibler divergence. By convention below 0.1 nothing to speak of, 0.1 to 0.25 a shift, above a large one.
 *
 * Sources: Siddiqi, "Credit Risk Scorecards", 2006; Yurdakul and Naranjo, "Statistical Properties of the Population
 * Stability Index", Journal of Risk Model Validation 14 (2020) 89-100.
 * @param reference Counts or shares, one per bin; a share below 0.0001 counts as that much.
 * @param current In the same order.
 */
export function populationStability(reference: ArrayLike<number>, current: ArrayLike<number>): number {
  const [totalReference, totalCurrent] = [totalOf(reference), totalOf(current)];
  let sum = 0;
  for (let i = 0; i < Math.max(reference.length, current.length); i++) {
    const p = Math.max((reference[i] ?? 0) / totalReference, LEAST_SHARE);
    const q = Math.max((current[i] ?? 0) / totalCurrent, LEAST_SHARE);
    sum += (q - p) * Math.log(q / p);
  }
  return sum;
}
