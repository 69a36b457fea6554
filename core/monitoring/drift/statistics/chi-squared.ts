import { upperGamma } from './incomplete-gamma.ts';
import { totalOf } from './points.ts';

/** A test, its statistic, and how improbable a larger one is where nothing has changed. */
export interface TestResult {
  readonly statistic: number;
  readonly p: number;
}

/**
 * The chi-squared test of homogeneity: whether two samples have the same shares of categories. Categories that neither
 * has do not count; without two that count nothing can differ: statistic 0, p 1.
 *
 * Both samples are taken for samples. (Evidently tests the goodness of fit to the reference, as if that were the truth;
 * with a reference of 1,000 rows that sounds the alarm more often than it says.)
 *
 * Source: Pearson, Philosophical Magazine 50 (1900) 157-175. Equal to SciPy's `chi2_contingency` without correction.
 * @param one Counts, one per category.
 * @param other In the same order.
 */
export function chiSquared(one: ArrayLike<number>, other: ArrayLike<number>): TestResult {
  const [n, m] = [totalOf(one), totalOf(other)];
  let statistic = 0;
  let categories = 0;
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const [a, b] = [one[i] ?? 0, other[i] ?? 0];
    if (a + b === 0) continue;
    categories++;
    const [expectedA, expectedB] = [((a + b) * n) / (n + m), ((a + b) * m) / (n + m)];
    statistic += (a - expectedA) ** 2 / expectedA + (b - expectedB) ** 2 / expectedB;
  }
  if (categories < 2) return { statistic: 0, p: 1 };
  return { statistic, p: upperGamma((categories - 1) / 2, statistic / 2) };
}
