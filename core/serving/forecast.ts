import type { DatasetRecord } from '../data/dataset/dataset-record.ts';
import { gridOf } from '../data/dataset/dataset-record.ts';
import { type Grid, timeOfStep } from '../data/series/grid.ts';
import { naiveLag } from '../evaluation/scale.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Intervals, intervalsAround, spreadOf } from '../training/conformal.ts';
import { readGridSeries } from '../training/grid-series.ts';
import { floorOf, makeForecasts } from '../training/make-forecasts.ts';
import { loadArtifact } from '../training/model-artifact.ts';

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

/** Fits the recipe of a version on the whole of a dataset and forecasts the horizon that follows. */
export async function forecastFrom(
  stores: { readonly data: ObjectStore; readonly models: ObjectStore },
  version: ForecastingVersion,
  dataset: DatasetRecord,
): Promise<Forecast> {
  const { recipe, calibration } = await loadArtifact(stores.models, version.model, version.run);
  const { series } = await readGridSeries(stores.data, dataset, 'test');
  const { values } = makeForecasts(recipe, series);
  const ahead = Array.from({ length: recipe.horizon }, (_, step) => step + 1);
  const lag = naiveLag(recipe.season);
  const { every, start, steps } = gridOf(dataset);
  return {
    keyColumns: dataset.columns.key,
    grid: { every, start: timeOfStep({ every, start, steps }, steps), steps: recipe.horizon },
    series: series.map(({ key, values: history }, i) => {
      const forecast = values[i] ?? new Float64Array(0);
      const around = { ahead, spread: spreadOf(history, lag), floor: floorOf(history) };
      return { key, forecast, intervals: intervalsAround(forecast, calibration, around) };
    }),
  };
}
