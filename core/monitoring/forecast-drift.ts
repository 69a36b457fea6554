import { periodOf, startOfPeriod } from '../data/series/grid.ts';
import { observedSeries } from '../data/series/observed-series.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import { durationOf, type ForecastingSpec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { compareColumn } from './drift/compare-column.ts';
import type { DriftRecord } from './drift/drift-record.ts';
import { forecastColumn, measureSeriesDrift, periodsFor } from './drift/measure-series-drift.ts';
import { findSeriesReference, type SeriesReference } from './drift/reference-record.ts';
import type { InForce } from './forecasts-in-force.ts';
import type { PredictionReference } from './prediction-reference.ts';
import type { Window } from './window.ts';

/**
 * How far series, and forecasts in force, have drifted from the reference of a version. Series are looked at over the
 * window and, where it is short, over the periods before it that the version did not know.
 * @returns undefined where the dataset has no reference, the version knew the window, or nothing has happened yet.
 */
export async function forecastDrift(o: {
  readonly data: ObjectStore;
  readonly spec: ForecastingSpec;
  readonly window: Window;
  readonly version: ForecastingVersion;
  readonly reference: PredictionReference | undefined;
  readonly inForce: InForce | undefined;
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
    prediction: predictionDrift(reference, o, every),
  });
}

function predictionDrift(
  series: SeriesReference,
  { reference, inForce, window, spec }: Parameters<typeof forecastDrift>[0],
  every: ReturnType<typeof durationOf>,
) {
  if (reference?.predictions == null || inForce === undefined) return null;
  const first = periodOf(window.from, every) - periodOf(new Date(series.start), every);
  const { name, sketch } = reference.predictions;
  const column = forecastColumn(series, inForce.series, first);
  const options = { cells: undefined, psi: spec.monitoring.drift.psi, dependent: true };
  return compareColumn(name, sketch, column, options);
}
