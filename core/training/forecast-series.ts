import { naiveLag } from '../evaluation/scale.ts';
import { messageOf } from '../telemetry/errors.ts';
import type { FitNote, FitOptions } from './forecasting-method.ts';
import { historyOf } from './history.ts';
import { seasonalNaive } from './seasonal-naive.ts';

/**
 * Continues one series.
 * @param history At least one value, no gaps.
 * @throws whatever it likes where it cannot work: the baseline then stands in for this series.
 */
export type LocalForecast = (history: Float64Array, horizon: number, options: FitOptions) => Float64Array;

/** What came of one series. */
export interface ForecastSeries {
  /** One value for each step of the horizon; NaN throughout where the series has no value. */
  readonly points: Float64Array;
  readonly notes: readonly Omit<FitNote, 'series'>[];
}

/** Forecasts one series with what its history needs first: gaps are filled, and the baseline stands in where it must. */
export function forecastSeries(
  forecast: LocalForecast,
  values: Float64Array,
  options: FitOptions,
): ForecastSeries {
  const notes: Omit<FitNote, 'series'>[] = [];
  const lag = naiveLag(options.season);
  const history = historyOf(values, lag);
  if (history === undefined) {
    return {
      points: new Float64Array(options.horizon).fill(Number.NaN),
      notes: [{ kind: 'empty', reason: 'the series has no value' }],
    };
  }
  if (history.filled > 0) notes.push({ kind: 'filled', reason: 'missing values were interpolated' });
  const length = history.trailing + options.horizon;
  const points = attempt(() => forecast(history.values, length, options));
  if (points instanceof Float64Array) return { points: points.slice(history.trailing), notes };
  notes.push({ kind: 'fallback', reason: points.reason });
  return { points: seasonalNaive(history.values, lag, length).slice(history.trailing), notes };
}

function attempt(forecast: () => Float64Array): Float64Array | { readonly reason: string } {
  try {
    const points = forecast();
    return points.every(Number.isFinite) ? points : { reason: 'the forecast was not finite' };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}
