import type { Measures } from '../measures.ts';
import { type Drawn, drawnMean, drawnRows, drawnSum, perRow } from './drawn.ts';

/** The quantile that the loss is measured at where the mean is predicted: half the absolute error. */
const MEDIAN = 0.5;

/**
 * Measures of predicted numbers, with e = predicted − actual:
 * - `rmse`: root mean square of e, in the unit of the target.
 * - `mae`: mean |e|, in the unit of the target.
 * - `r2`: 1 − Σe² / Σ(actual − mean actual)²: 1 is perfect, 0 is as good as the mean; null where all actual values are
 *   equal.
 * - `quantile_loss`: mean of q·max(−e, 0) + (1 − q)·max(e, 0), in the unit of the target.
 * - `bias`: mean e; positive when predictions are too high.
 *
 * Source of the quantile loss: Koenker and Bassett, "Regression Quantiles", Econometrica 46 (1978) 33-50.
 * @param quantile What is predicted; undefined for the mean.
 */
export function drawnRegression(predicted: Float64Array, actual: Float64Array, quantile: number = MEDIAN) {
  const errors = perRow(predicted, actual, (a, b) => a - b);
  const squares = errors.map(error => error * error);
  const meanSquare = drawnMean(squares);
  const loss = errors.map(error => (error < 0 ? -error * quantile : error * (1 - quantile)));
  return {
    rmse: (times?: Int32Array): number | null => {
      const value = meanSquare(times);
      return value === null ? null : Math.sqrt(value);
    },
    mae: drawnMean(errors.map(Math.abs)),
    r2: (times?: Int32Array): number | null => {
      const rows = drawnRows(actual.length, times);
      const mean = drawnSum(actual, times) / rows;
      const spread = drawnSum(
        actual.map(value => (value - mean) ** 2),
        times,
      );
      return rows === 0 || spread === 0 ? null : 1 - drawnSum(squares, times) / spread;
    },
    quantile_loss: drawnMean(loss),
    bias: drawnMean(errors),
  } satisfies Record<string, Drawn>;
}

/** The measures of all rows. */
export function measureRegression(
  predicted: Float64Array,
  actual: Float64Array,
  quantile?: number,
): Measures {
  const { rmse, mae, r2, quantile_loss, bias } = drawnRegression(predicted, actual, quantile);
  return {
    ...{ rmse: rmse(), mae: mae(), r2: r2(), quantile_loss: quantile_loss(), bias: bias() },
    rows: actual.length,
  };
}
