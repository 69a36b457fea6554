import type { FitNote } from './forecasting-method.ts';
import type { GridSeries } from './grid-series.ts';
import type { Importance } from './importance.ts';
import type { Recipe } from './recipe.ts';
import { methodOf } from './trainers.ts';

export interface Forecasts {
  /** `horizon` values for each series, in the order of the series; NaN throughout where a series has no value. */
  readonly values: readonly Float64Array[];
  readonly notes: readonly FitNote[];
  readonly importance: readonly Importance[];
}

/** Fits a recipe on series and forecasts the steps after their end. */
export function makeForecasts(
  recipe: Recipe,
  { series, grid: { every } }: Pick<GridSeries, 'series' | 'grid'>,
  horizon = recipe.horizon,
): Forecasts {
  const { trainer, hyperparameters, season, seed } = recipe;
  const model = methodOf('forecasting', trainer).fit(series, {
    ...{ every, season, seed, hyperparameters, horizon },
  });
  const values = model.forecast(horizon).map((points, i) => {
    const floor = floorOf(series[i]?.values);
    return points.map(point => Math.max(point, floor));
  });
  return { values, notes: model.notes, importance: model.importance };
}

/**
 * The least value that forecasts and interval bounds of a series may take: a series that was never negative is taken
 * for a count or an amount, which cannot become so.
 */
export const floorOf = (history: Float64Array | undefined): number =>
  history?.some(value => value < 0) ? Number.NEGATIVE_INFINITY : 0;
