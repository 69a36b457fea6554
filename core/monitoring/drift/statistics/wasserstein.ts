import { type Points, walk } from './points.ts';

/**
 * The first Wasserstein distance of two distributions: the area between their distribution functions, in the unit of
 * the values; the least work that turns one into the other.
 *
 * Source: Ramdas, García Trillos and Cuturi, "On Wasserstein Two-Sample Testing and Related Families of Nonparametric
 * Tests", Entropy 19 (2017) 47. Equal to SciPy's `wasserstein_distance`.
 */
export function wasserstein(one: Points, other: Points): number {
  let area = 0;
  walk(one, other, (a, b, value, next) => {
    area += Math.abs(a - b) * (next - value);
  });
  return area;
}
