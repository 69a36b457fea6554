import type { TestResult } from './chi-squared.ts';
import { upperGamma } from './incomplete-gamma.ts';

/**
 * The Z test for two proportions, two-sided, with the pooled proportion as the variance. Without variance: 0, p 1.
 *
 * Source: Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd edition 2003, chapter 3.
 * @param one How often it happened, of how many.
 */
export function twoProportions(
  one: { readonly count: number; readonly of: number },
  other: { readonly count: number; readonly of: number },
): TestResult {
  const pooled = (one.count + other.count) / (one.of + other.of);
  const variance = pooled * (1 - pooled) * (1 / one.of + 1 / other.of);
  if (!(variance > 0)) return { statistic: 0, p: 1 };
  const statistic = (one.count / one.of - other.count / other.of) / Math.sqrt(variance);
  return { statistic, p: upperGamma(0.5, statistic ** 2 / 2) };
}
