import * as z from 'zod';
import { valueAt } from '../data/series.ts';
import type { ErrorScale } from './scale.ts';

const measure = z.number().nullable();

/**
 * How far forecasts were from what happened; null where a measure is undefined. Shares are fractions: 0.1 is 10 %.
 *
 * With e = forecast − actual, over the points where both are known:
 * - `mase`: mean |e| of a series over its mean absolute seasonal difference, averaged over series.
 * - `rmsse`: root of (mean e² of a series over its mean squared seasonal difference), averaged over series.
 * - `smape`: mean of 2|e| / (|forecast| + |actual|) of a series, 0 where both are 0, averaged over series; 0 to 2.
 * - `wape`: Σ|e| / Σ|actual| over all points.
 * - `rmse`: root mean square of e over all points, in the unit of the values.
 * - `bias`: mean e over all points, in the unit of the values; positive when forecasts are too high.
 *
 * Series without a scale, or whose history repeats itself exactly so that the scale is zero, have no scaled error:
 * they are left out of `mase` and `rmsse` and counted in `unscaled`.
 *
 * Sources: Hyndman and Koehler 2006 (MASE, RMSE, bias as mean error); Makridakis, Spiliotis and Assimakopoulos,
 * "The M4 Competition", International Journal of Forecasting 36 (2020) 54-74 (sMAPE) and "M5 accuracy competition",
 * International Journal of Forecasting 38 (2022) 1346-1364 (RMSSE, here with the seasonal lag); Kolassa and Schütz,
 * "Advantages of the MAD/Mean ratio over the MAPE", Foresight 6 (2007) 40-43 (WAPE).
 */
export const metricsSchema = z.object({
  mase: measure,
  rmsse: measure,
  smape: measure,
  wape: measure,
  rmse: measure,
  bias: measure,
  /** Points that were compared. */
  points: z.int(),
  /** Series with at least one such point. */
  series: z.int(),
  /** Of these, the series without a scaled error. */
  unscaled: z.int(),
});

export type Metrics = z.output<typeof metricsSchema>;

/** One series to compare; `actual` and `forecast` have equal lengths, and NaN is a missing value in either. */
export interface Comparison {
  readonly key: readonly string[];
  readonly actual: Float64Array;
  readonly forecast: Float64Array;
  /** From the history that the model was trained on. */
  readonly scale: ErrorScale;
}

/** The metrics of several series together. */
export function measureForecasts(comparisons: readonly Comparison[]): Metrics {
  const errors = comparisons.map(errorsOf).filter(({ points }) => points > 0);
  const total = sum(errors.map(({ points }) => points));
  const scaled = errors.filter(({ scale }) => scale.absolute > 0);
  return {
    mase: meanOf(scaled.map(error => error.absolute / error.points / error.scale.absolute)),
    rmsse: meanOf(scaled.map(error => Math.sqrt(error.squared / error.points / error.scale.squared))),
    smape: meanOf(errors.map(error => error.symmetric / error.points)),
    wape: ratio(sum(errors.map(({ absolute }) => absolute)), sum(errors.map(({ actual }) => actual))),
    rmse: finite(Math.sqrt(sum(errors.map(({ squared }) => squared)) / total)),
    bias: ratio(sum(errors.map(({ signed }) => signed)), total),
    points: total,
    series: errors.length,
    unscaled: errors.length - scaled.length,
  };
}

/** Sums over the points of one series. */
interface SeriesErrors {
  readonly points: number;
  readonly absolute: number;
  readonly squared: number;
  readonly signed: number;
  readonly symmetric: number;
  readonly actual: number;
  readonly scale: ErrorScale;
}

function errorsOf({ actual, forecast, scale }: Comparison): SeriesErrors {
  let points = 0;
  let absolute = 0;
  let squared = 0;
  let signed = 0;
  let symmetric = 0;
  let size = 0;
  for (let i = 0; i < actual.length; i++) {
    const happened = valueAt(actual, i);
    const expected = valueAt(forecast, i);
    const error = expected - happened;
    if (Number.isNaN(error)) continue;
    points++;
    absolute += Math.abs(error);
    squared += error * error;
    signed += error;
    symmetric += error === 0 ? 0 : (2 * Math.abs(error)) / (Math.abs(expected) + Math.abs(happened));
    size += Math.abs(happened);
  }
  return { points, absolute, squared, signed, symmetric, actual: size, scale };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : finite(part / whole));
const meanOf = (values: readonly number[]): number | null => ratio(sum(values), values.length);
