import { type DatasetRecord, gridOf } from '../data/dataset/dataset-record.ts';
import { timeOfStep } from '../data/series/grid.ts';
import { naiveLag } from '../evaluation/scale.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { intervalsAround, spreadOf } from '../training/conformal.ts';
import { readGridSeries } from '../training/grid-series.ts';
import { floorOf, makeForecasts } from '../training/make-forecasts.ts';
import { loadArtifact } from '../training/model-artifact.ts';
import type { Forecast } from './forecast.ts';

/** Fits the recipe of a version on the whole of a dataset and forecasts the horizon that follows. */
export async function forecastFrom(
  stores: { readonly data: ObjectStore; readonly models: ObjectStore },
  version: ForecastingVersion,
  dataset: DatasetRecord,
): Promise<Forecast> {
  const { recipe, calibration } = await loadArtifact(stores.models, version.model, version.run);
  const input = await readGridSeries(stores.data, dataset, 'test');
  const { values } = makeForecasts(recipe, input);
  const ahead = Array.from({ length: recipe.horizon }, (_, step) => step + 1);
  const lag = naiveLag(recipe.season);
  const { every, start, steps } = gridOf(dataset);
  return {
    keyColumns: dataset.columns.key,
    grid: { every, start: timeOfStep({ every, start, steps }, steps), steps: recipe.horizon },
    series: input.series.map(({ key, values: history }, i) => {
      const forecast = values[i] ?? new Float64Array(0);
      const around = { ahead, spread: spreadOf(history, lag), floor: floorOf(history) };
      return { key, forecast, intervals: intervalsAround(forecast, calibration, around) };
    }),
  };
}
