import { valueAt } from '../../data/series.ts';
import type { Measures } from '../../evaluation/measures.ts';
import { measureRegression } from '../../evaluation/tabular/regression.ts';
import type { ConfidenceOf } from './confidence.ts';

type ByPrediction = ConfidenceOf<'errors-by-prediction'>;

/** Bins, and the fewest rows of one. */
const BINS = 10;
const LEAST_ROWS = 20;

/**
 * How large the errors of a regression are where it predicts little and where it predicts much: their means over rows
 * in bins of equal size by what was predicted.
 * @param predicted On rows that the model was not trained on.
 */
export function errorsByPrediction(
  predicted: Float64Array,
  actual: Float64Array,
  quantile?: number,
): ByPrediction {
  const order = Uint32Array.from({ length: predicted.length }, (_, i) => i).sort(
    (a, b) => valueAt(predicted, a) - valueAt(predicted, b) || a - b,
  );
  const bins = Math.max(1, Math.min(BINS, Math.floor(order.length / LEAST_ROWS)));
  return {
    method: 'errors-by-prediction',
    bins: Array.from({ length: bins }, (_, bin) => {
      const part = order.subarray(
        Math.floor((bin * order.length) / bins),
        Math.floor(((bin + 1) * order.length) / bins),
      );
      const pick = (values: Float64Array): Float64Array => Float64Array.from(part, i => valueAt(values, i));
      const { mae, rmse, quantile_loss } = measureRegression(pick(predicted), pick(actual), quantile);
      const last = valueAt(predicted, part.at(-1) ?? 0);
      return {
        ...{ upTo: bin === bins - 1 ? null : last, rows: part.length },
        ...{ absolute: mae ?? 0, squared: (rmse ?? 0) ** 2, quantile_loss: quantile_loss ?? 0 },
      };
    }),
  };
}

/**
 * What the measures of a regression are expected to be while nobody knows what happened: each row is as far off as rows
 * with such a prediction were. It sees predictions that move to where the model is worse; not a model that has become
 * worse everywhere.
 *
 * Source: the idea of NannyML's direct loss estimation (documentation, "Estimation of Performance of the Monitored
 * Model"), with the prediction as the one thing that the loss depends on.
 */
export function expectedErrors({ bins }: ByPrediction, predicted: Float64Array): Measures {
  const sums = { absolute: 0, squared: 0, quantile_loss: 0 };
  for (const prediction of predicted) {
    const bin = bins.find(({ upTo }) => upTo === null || prediction <= upTo);
    sums.absolute += bin?.absolute ?? Number.NaN;
    sums.squared += bin?.squared ?? Number.NaN;
    sums.quantile_loss += bin?.quantile_loss ?? Number.NaN;
  }
  const rows = predicted.length;
  if (rows === 0) return {};
  return {
    mae: sums.absolute / rows,
    rmse: Math.sqrt(sums.squared / rows),
    quantile_loss: sums.quantile_loss / rows,
    rows,
  };
}
