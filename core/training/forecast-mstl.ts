import { loadMstl } from './augurs.ts';
import type { LocalForecast } from './forecast-series.ts';

/** STL needs two whole seasons. */
const LEAST_SEASONS = 2;

/**
 * Multiple seasonal-trend decomposition by loess, the seasonally adjusted rest forecast by automatic exponential
 * smoothing (augurs). Of the spec's seasons it uses those that the history holds twice.
 *
 * Source: Bandara, Hyndman and Bergmeir, "MSTL: A Seasonal-Trend Decomposition Algorithm for Time Series with Multiple
 * Seasonal Patterns", International Journal of Operational Research 52 (2025) 79-98.
 */
export const forecastMstl: LocalForecast = (history, horizon, { season, hyperparameters: { transform } }) => {
  if (season.length === 0) throw new Error('there is no season');
  const periods = [...new Set(season)].filter(period => history.length >= LEAST_SEASONS * period);
  if (periods.length === 0) throw new Error('the history is shorter than two seasons');
  if (history.every(value => value === history[0])) throw new Error('the history is constant');
  if (transform !== 'log') return decomposeAndForecast(history, horizon, periods);
  if (history.some(value => value < 0))
    throw new Error('the history has negative values, which have no logarithm');
  return decomposeAndForecast(history.map(Math.log1p), horizon, periods).map(Math.expm1);
};

/** Throws what augurs throws (strings), as errors. */
function decomposeAndForecast(history: Float64Array, horizon: number, periods: number[]): Float64Array {
  const model = loadMstl().ets(periods);
  try {
    model.fit(history);
    return Float64Array.from(model.predict(horizon).point);
  } catch (error) {
    throw new Error(`augurs: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    model.free();
  }
}
