import { valueAt } from '../data/series.ts';

/**
 * The seasonal naive forecast: each period repeats the latest value of its phase of the season; without a season, the
 * last value.
 *
 * Source: Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, section 5.2.
 * @param history Without gaps, at least one value.
 * @param lag Steps of one season; a history shorter than that repeats its last value.
 */
export function seasonalNaive(history: Float64Array, lag: number, horizon: number): Float64Array {
  const period = history.length >= lag ? lag : 1;
  const season = history.length - period;
  return Float64Array.from({ length: horizon }, (_, step) => valueAt(history, season + (step % period)));
}
