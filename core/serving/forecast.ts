import type { Grid } from '../data/series/grid.ts';
import type { Intervals } from '../training/conformal.ts';

/** The forecast of one series for every step of the grid. */
export interface SeriesForecast {
  readonly key: readonly string[];
  /** NaN throughout for a series without any value. */
  readonly forecast: Float64Array;
  readonly intervals: Intervals;
}

/** The numbers of a series in the order of `FORECAST_COLUMNS`. */
export const columnsOf = ({
  forecast,
  intervals: { 80: narrow, 95: wide },
}: SeriesForecast): Float64Array[] => [forecast, ...[narrow.lower, narrow.upper, wide.lower, wide.upper]];

/** A forecast that is still to be filled: NaN throughout. */
export function missingForecast(key: readonly string[], steps: number): SeriesForecast {
  const missing = () => new Float64Array(steps).fill(Number.NaN);
  const interval = () => ({ lower: missing(), upper: missing() });
  return { key, forecast: missing(), intervals: { 80: interval(), 95: interval() } };
}

export interface Forecast {
  /** Names of the columns that make up the keys. */
  readonly keyColumns: readonly string[];
  /** The periods of the forecast. */
  readonly grid: Grid;
  readonly series: readonly SeriesForecast[];
}
