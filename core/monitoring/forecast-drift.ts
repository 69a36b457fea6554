import { gridStepOf, periodOf, startOfPeriod } from '../data/series/grid.ts';
import { observedSeries } from '../data/series/observed-series.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import type { Forecast } from '../serving/forecast.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { DriftRecord } from './drift/drift-record.ts';
import { measureForecastDrift } from './drift/measure-forecast-drift.ts';
import { measureSeriesDrift, periodsFor } from './drift/measure-series-drift.ts';
import { findSeriesReference } from './drift/reference-record.ts';
import type { Window } from './window.ts';

/**
 * How far series have drifted from the reference of a version: over the window and, where it is short, over the periods
 * before it that the version did not know; and how far its newest forecast for the window is from what is usual.
 * @param o.forecast None where no forecast was in force.
 * @returns undefined where the dataset has no reference, the version knew the window, or there is neither a forecast nor
 *   anything that happened.
 */
export async function forecastDrift(o: {
  readonly data: ObjectStore;
  readonly spec: ForecastingSpec;
  readonly window: Window;
  readonly version: ForecastingVersion;
  readonly forecast: Forecast | undefined;
}): Promise<DriftRecord | undefined> {
  const { data, spec, window, version, forecast } = o;
  const reference = await findSeriesReference(data, spec.name, version.dataset);
  if (reference === undefined) return undefined;
  const every = gridStepOf(spec);
  const back = startOfPeriod(
    periodOf(window.to, every) - periodsFor(reference, window.periods.length),
    every,
  );
  const from = new Date(Math.max(back.getTime(), Date.parse(version.dataEnd)));
  if (from >= window.to) return undefined;
  const observed = await observedSeries({ data, spec, from, to: window.to });
  const settings = spec.monitoring.drift;
  const prediction = (forecast && measureForecastDrift(reference, forecast, settings.share)) ?? null;
  if (prediction === null && !observed.some(({ values }) => values.some(Number.isFinite))) return undefined;
  return measureSeriesDrift({
    ...{ version: version.version, reference, observed, every, from, settings, prediction },
  });
}
