import { backtest } from '../training/backtest.ts';
import { type Calibration, type Intervals, intervalsAround, spreadOf } from '../training/conformal.ts';
import type { GridSeries } from '../training/grid-series.ts';
import { floorOf } from '../training/make-forecasts.ts';
import type { Recipe } from '../training/recipe.ts';
import { type Comparison, type Metrics, measureForecasts } from './metrics.ts';
import { errorScale, naiveLag } from './scale.ts';

/** What a recipe, fitted on everything before the test part, says of the test part. */
export interface Assessment {
  readonly metrics: Metrics;
  /** One per series: forecast and truth of every step of the test part. */
  readonly comparisons: readonly Comparison[];
  /** For each step, how many steps ahead it was forecast. */
  readonly ahead: readonly number[];
}

/**
 * Refits a recipe on train and validation and forecasts the test part. Errors are scaled by the training part alone,
 * so that metrics of validation, test and monitoring are in one unit.
 * @param season Whose first lag the errors are scaled by: the same for all that are compared.
 */
export function assess(
  recipe: Recipe,
  input: GridSeries,
  season: readonly number[] = recipe.season,
): Assessment {
  const { series, parts } = input;
  const { from, to } = parts.test;
  const { forecasts, ahead } = backtest(recipe, input, from, to);
  const lag = naiveLag(season);
  const comparisons = series.map(({ key, values }, i) => ({
    key,
    actual: values.subarray(from, to),
    forecast: forecasts[i] ?? new Float64Array(0),
    scale: errorScale(values.subarray(parts.train.from, parts.train.to), lag),
  }));
  return { metrics: measureForecasts(comparisons), comparisons, ahead };
}

/** The prediction intervals of each series of an assessment, by level. */
export function intervalsOf(
  { comparisons, ahead }: Assessment,
  calibration: Calibration,
  recipe: Recipe,
  { series, parts }: Pick<GridSeries, 'series' | 'parts'>,
): Intervals[] {
  const lag = naiveLag(recipe.season);
  return comparisons.map(({ forecast }, i) => {
    const history = series[i]?.values.subarray(0, parts.test.from) ?? new Float64Array(0);
    return intervalsAround(forecast, calibration, {
      ahead,
      spread: spreadOf(history, lag),
      floor: floorOf(history),
    });
  });
}
