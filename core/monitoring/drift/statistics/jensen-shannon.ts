import { totalOf } from './points.ts';

/**
 * The Jensen-Shannon distance of two distributions over the same categories: the square root of the mean divergence
 * of each from their mixture, in natural logarithms: 0 for equal ones, √ln 2 ≈ 0.83 for those that share nothing.
 *
 * Sources: Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information Theory 37 (1991)
 * 145-151; Endres and Schindelin, "A New Metric for Probability Distributions", IEEE Transactions on Information
 * Theory 49 (2003) 1858-1860 (its root is a metric). Equal to SciPy's `jensenshannon` with its default base, which is
 * the one that Evidently's threshold of 0.1 is about.
 * @param one Counts or shares, one per category.
 * @param other In the same order.
 */
export function jensenShannon(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const [totalOne, totalOther] = [totalOf(one), totalOf(other)];
  let divergence = 0;
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const p = (one[i] ?? 0) / totalOne;
    const q = (other[i] ?? 0) / totalOther;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log(q / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, divergence));
}
