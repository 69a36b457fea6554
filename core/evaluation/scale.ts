import { valueAt } from '../data/series.ts';

/** Denominators of the scaled errors of one series. NaN where the history has no two values one season apart. */
export interface ErrorScale {
  /** Mean absolute seasonal difference: the in-sample error of the seasonal naive forecast. */
  readonly absolute: number;
  /** Mean squared seasonal difference. */
  readonly squared: number;
}

/**
 * The scale of a series, from the history that a model is trained on. Pairs with a missing value do not count.
 *
 * Source: R. J. Hyndman and A. B. Koehler, "Another look at measures of forecast accuracy", International Journal of
 * Forecasting 22 (2006) 679-688; the seasonal form follows Hyndman and Athanasopoulos, "Forecasting: Principles and
 * Practice", 3rd edition, section 5.8.
 * @param lag Steps of one season; 1 where there is none.
 */
export function errorScale(history: Float64Array, lag: number): ErrorScale {
  let absolute = 0;
  let squared = 0;
  let pairs = 0;
  for (let t = lag; t < history.length; t++) {
    const difference = valueAt(history, t) - valueAt(history, t - lag);
    if (Number.isNaN(difference)) continue;
    absolute += Math.abs(difference);
    squared += difference * difference;
    pairs++;
  }
  return { absolute: absolute / pairs, squared: squared / pairs };
}

/** Steps of the season that scaled errors and naive forecasts refer to: the first that the spec names, or 1. */
export const naiveLag = (season: readonly number[]): number => season[0] ?? 1;
