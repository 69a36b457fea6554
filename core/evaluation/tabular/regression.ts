import { valueAt } from '../../data/series.ts';
import type { Measures } from '../measures.ts';

/** The quantile that the loss is measured at where the mean is predicted: half the absolute error. */
const MEDIAN = 0.5;

/**
 * Measures of predicted numbers, with e = predicted − actual:
 * - `rmse`: root mean square of e, in the unit of the target.
 * - `mae`: mean |e|, in the unit of the target.
 * - `r2`: 1 − Σe² / Σ(actual − mean actual)²: 1 is perfect, 0 is as good as the mean; null where all actual values are equal.
 * - `quantile_loss`: mean of q·max(−e, 0) + (1 − q)·max(e, 0), in the unit of the target.
 * - `bias`: mean e; positive when predictions are too high.
 *
 * Source of the quantile loss: Koenker and Bassett, "Regression Quantiles", Econometrica 46 (1978) 33-50.
 * @param quantile What is predicted; undefined for the mean.
 */
export function measureRegression(
  predicted: Float64Array,
  actual: Float64Array,
  quantile: number = MEDIAN,
): Measures {
  const rows = actual.length;
  if (rows === 0) return { rmse: null, mae: null, r2: null, quantile_loss: null, bias: null, rows };
  const mean = actual.reduce((sum, value) => sum + value, 0) / rows;
  let [squared, absolute, signed, loss, spread] = [0, 0, 0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const error = valueAt(predicted, i) - valueAt(actual, i);
    squared += error * error;
    absolute += Math.abs(error);
    signed += error;
    loss += error < 0 ? -error * quantile : error * (1 - quantile);
    spread += (valueAt(actual, i) - mean) ** 2;
  }
  return {
    rmse: Math.sqrt(squared / rows),
    mae: absolute / rows,
    r2: spread === 0 ? null : 1 - squared / spread,
    quantile_loss: loss / rows,
    bias: signed / rows,
    rows,
  };
}
