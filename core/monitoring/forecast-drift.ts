import { periodOf, startOfPeriod } from '../data/series/grid.ts';
import { observedSeries } from '../data/series/observed-series.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import { durationOf, type ForecastingSpec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { DriftRecord } from './drift/drift-record.ts';
import { measureSeriesDrift, periodsFor } from './drift/measure-series-drift.ts';
import { findSeriesReference } from './drift/reference-record.ts';
import type { Window } from './window.ts';

/**
 * How far series have drifted from the reference of a version: over the window and, where it is short, over the periods
 * before it that the version did not know. Forecasts have no drift of their own: they follow from the series, and the
 * one horizon of the test part is too short to tell how they vary.
 * @returns undefined where the dataset has no reference, the version knew the window, or nothing has happened yet.
 */
export async function forecastDrift(o: {
  readonly data: ObjectStore;
  readonly spec: ForecastingSpec;
  readonly window: Window;
  readonly version: ForecastingVersion;
}): Promise<DriftRecord | undefined> {
  const { data, spec, window, version } = o;
  const reference = await findSeriesReference(data, spec.name, version.dataset);
  if (reference === undefined) return undefined;
  const every = durationOf(spec.series.every);
  const back = startOfPeriod(
    periodOf(window.to, every) - periodsFor(reference, window.periods.length),
    every,
  );
  const from = new Date(Math.max(back.getTime(), Date.parse(version.dataEnd)));
  if (from >= window.to) return undefined;
  const observed = await observedSeries({ data, spec, from, to: window.to });
  if (!observed.some(({ values }) => values.some(Number.isFinite))) return undefined;
  const settings = spec.monitoring.drift;
  return measureSeriesDrift({
    ...{ version: version.version, reference, observed, every, from, settings },
  });
}
