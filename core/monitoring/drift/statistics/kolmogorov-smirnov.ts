import type { TestResult } from './chi-squared.ts';
import { kolmogorovTail } from './kolmogorov-distribution.ts';
import { type Points, samplePoints, walk } from './points.ts';

/** Samples up to this size get an exact p value, as SciPy's do by default. */
const EXACT = 10_000;

/** The largest distance between two distribution functions. */
export function kolmogorovDistance(one: Points, other: Points): number {
  let largest = 0;
  walk(one, other, (a, b) => {
    largest = Math.max(largest, Math.abs(a - b));
  });
  return largest;
}

/**
 * The two-sample Kolmogorov-Smirnov test, two-sided. The p value is exact where both samples have at most 10,000
 * values; else that of the one-sample statistic for a sample of the size n·m / (n + m), rounded. Ties make it too
 * large, never too small.
 *
 * Sources: Hodges, "The Significance Probability of the Smirnov Two-Sample Test", Arkiv för Matematik 3 (1958) 469-486;
 * Viehmann, "Numerically more stable computation of the p-values for the two-sample Kolmogorov-Smirnov test", 2021.
 * Equal to SciPy's `ks_2samp` with its default method.
 * @param one Sorted.
 * @param other Sorted.
 */
export function kolmogorovSmirnov(one: Float64Array, other: Float64Array): TestResult {
  const [n, m] = [one.length, other.length];
  const statistic = kolmogorovDistance(samplePoints(one), samplePoints(other));
  const p =
    Math.max(n, m) <= EXACT
      ? exactTail(n, m, statistic)
      : kolmogorovTail(Math.round((n * m) / (n + m)), statistic);
  return { statistic, p };
}

/**
 * The share of all interleavings of n and m values, each a path of steps to the right and up from (0, 0) to (n, m),
 * on which the distribution functions are at least as far apart somewhere. Of the paths to (i, j), the last step of
 * i / (i + j) came from the left and of the others from below.
 */
function exactTail(n: number, m: number, distance: number): number {
  const divisor = greatestCommonDivisor(n, m);
  const [right, up] = [m / divisor, n / divisor];
  // In whole numbers: the distance of the point (i, j) from the diagonal.
  const limit = Math.round(distance * n * right);
  if (limit === 0) return 1;
  const row = new Float64Array(m + 1).fill(1);
  for (let i = 0; i <= n; i++) {
    const from = Math.max(0, Math.floor((i * right - limit) / up) + 1);
    const to = Math.min(m, Math.ceil((i * right + limit) / up) - 1);
    // Left of the band every path was too far apart already.
    if (from > 0) row[from - 1] = 1;
    for (let j = from; j <= to; j++) {
      if (i === 0 && j === 0) row[0] = 0;
      else {
        const left = i === 0 ? 0 : (row[j] ?? 1);
        const below = j === 0 ? 0 : (row[j - 1] ?? 1);
        row[j] = (i * left + j * below) / (i + j);
      }
    }
    if (to < m) row[to + 1] = 1;
  }
  return row[m] ?? 1;
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
