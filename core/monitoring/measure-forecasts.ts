import { acceptedPartSchema } from '../data/accepted-parts.ts';
import { loadDataset } from '../data/dataset/load-dataset.ts';
import { observedSeries } from '../data/series/observed-series.ts';
import { keyId, type Series } from '../data/series.ts';
import { metricOf } from '../evaluation/measures.ts';
import { type ErrorScale, errorScale, naiveLag } from '../evaluation/scale.ts';
import { readableMetric, readableNumber, readableTime } from '../insights/readable.ts';
import { type ForecastingVersion, listVersions, type VersionRecord } from '../registry/versions.ts';
import { type ListedForecast, listForecasts } from '../serving/find-forecast.ts';
import { recordedForecast } from '../serving/forecast-record.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { dataKeys, parseAcceptedKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { readGridSeries } from '../training/grid-series.ts';
import { compare } from './compare.ts';
import { dataFacts } from './data-facts.ts';
import { errorRatio } from './error-ratio.ts';
import type { Confidence } from './estimated/confidence.ts';
import { estimateOf } from './estimated/estimate-of.ts';
import { expectedForecastErrors } from './estimated/expected-forecast-errors.ts';
import { forecastDrift } from './forecast-drift.ts';
import { forecastsInForce, type InForce, type VersionForecast } from './forecasts-in-force.ts';
import type { MeasurementRequest } from './measure-window.ts';
import type { Estimate, MonitoringRecord } from './monitoring-record.ts';
import { findPredictionReference } from './prediction-reference.ts';
import { writeWindow } from './report/write-window.ts';
import { groundTruthOf } from './rows/join-answers.ts';
import { versionInForce } from './version-in-force.ts';
import { type Window, windowBefore, windowOfPart, windowOfRange } from './window.ts';
import { isWorse } from './worse-than-test.ts';

type ForecastRequest = MeasurementRequest<ForecastingSpec>;

/**
 * Compares the forecasts in force with what happened, and writes the result as JSON and as a page. A window without
 * anything to compare is recorded too, with the reason. A part of a table that is not forecast is not worth a record:
 * the answer says so, and nothing is written.
 * @throws ObjectNotFoundError when the part of the key is not there.
 */
export async function measureForecasts(request: ForecastRequest): Promise<MonitoringRecord> {
  const { models, spec } = request;
  const table = request.key === undefined ? spec.series.table : parseAcceptedKey(request.key)?.table;
  const window = await windowFor(request);
  if (table !== spec.series.table || window === undefined) {
    const why = `Nothing to measure: table ${table ?? 'unknown'} does not hold the series that are forecast`;
    return notMeasured(spec, window ?? windowBefore(request.time, spec), why);
  }
  const record = await measure(request, window);
  await writeWindow(models, record);
  return record;
}

async function windowFor({ data, spec, time, key, range }: ForecastRequest): Promise<Window | undefined> {
  if (range !== undefined) return windowOfRange(range, spec);
  if (key === undefined) return windowBefore(time, spec);
  const address = parseAcceptedKey(key);
  if (address === undefined || address.table !== spec.series.table) return undefined;
  const infoKey = dataKeys.acceptedPartInfo(spec.name, address.table, address.part);
  const info = await data.get(infoKey);
  if (info === undefined) throw new ObjectNotFoundError(data.url, infoKey);
  return windowOfPart(acceptedPartSchema.parse(JSON.parse(info.body.toString())), spec);
}

async function measure(
  { data, models, spec, time }: ForecastRequest,
  window: Window,
): Promise<MonitoringRecord> {
  const versions = (await listVersions(models, spec.name)).filter(isForecasting);
  const forecasts = await forecastsFor(data, versions, spec, window);
  const inForce = forecastsInForce(window, forecasts);
  const [newest] = forecasts.filter(one => inForce.versions.includes(one));
  const version = newest?.version ?? (await versionInForce(models, spec.name, window, versions));
  const reference = version && (await findPredictionReference(models, spec.name, version.run));
  const drift = version && (await forecastDrift({ data, spec, window, version, forecast: newest?.forecast }));
  const facts = {
    ...{ model: spec.name, ...boundsOf(window) },
    data: await dataFacts({
      ...{ data, models, model: spec.name, table: spec.series.table, time },
      ...{ window: window.name, from: window.from },
    }),
    ...(drift !== undefined && { drift }),
  };
  if (newest === undefined) {
    const summary = `Nothing to compare: no forecast covers ${spanOf(window)}`;
    return { ...facts, measured: false, summary };
  }
  const { metric } = spec.monitoring.performance;
  const observed = await observedSeries({ data, spec, from: window.from, to: window.to });
  const scales = await scalesOf(data, newest.version);
  const compared = compare(window, inForce, observed, { metric, scales });
  const testError = testErrorOf(inForce, metric);
  const estimated = estimateForecasts({
    inForce,
    scales,
    metric,
    testError,
    confidence: reference?.confidence,
  });
  const withTruth = {
    ...facts,
    groundTruth: groundTruthOf(
      'forecasts',
      compared.labels.forecast,
      compared.labels.known,
      truthWithoutForecast(inForce, observed),
    ),
    ...(estimated !== undefined && { estimated }),
  };
  const error = metricOf(compared.metrics, metric);
  if (error === null) {
    const why =
      compared.labels.known === 0
        ? `no ground truth is there yet for ${spanOf(window)}`
        : `${readableMetric(metric)} is undefined for ${spanOf(window)}, since no series has a scale`;
    return { ...withTruth, measured: false, summary: `Nothing to compare: ${why}` };
  }
  const interval = reference?.interval?.metric === metric ? reference.interval : null;
  return {
    ...{ ...withTruth, measured: true, task: spec.task, metric, error, testError },
    ...{ errorRatio: errorRatio(metric, error, testError), ...compared },
    ...{ testInterval: interval, worseThanTest: interval && isWorse(error, interval) },
    versions: periodsByVersion(inForce),
    summary:
      `${readableMetric(metric)} was ${readableNumber(error)} over ${spanOf(window)}` +
      (testError === null ? '' : `, against ${readableNumber(testError)} on the test part`),
  };
}

const isForecasting = (version: VersionRecord): version is ForecastingVersion =>
  version.task === 'forecasting';

/** Values of the window that no forecast was about. */
function truthWithoutForecast({ series }: InForce, observed: readonly Series[]): number {
  const forecasts = new Map(series.map(({ key, forecast }) => [keyId(key), forecast]));
  return observed.reduce((sum, { key, values }) => {
    const forecast = forecasts.get(keyId(key));
    return (
      sum + values.filter((value, i) => Number.isFinite(value) && !Number.isFinite(forecast?.[i])).length
    );
  }, 0);
}

/** What the metric is estimated to be over the forecasts of a window; undefined where that cannot be said. */
function estimateForecasts(o: {
  readonly inForce: InForce;
  readonly scales: ReadonlyMap<string, ErrorScale>;
  readonly metric: MetricName;
  readonly testError: number | null;
  readonly confidence: Confidence | null | undefined;
}): Estimate | undefined {
  const { metric, testError, confidence } = o;
  if (confidence?.method !== 'interval-widths') return undefined;
  const measures = expectedForecastErrors(
    confidence,
    o.inForce.series.map(({ key, forecast, intervals }) => ({
      ...{ forecast, upper: intervals[80].upper },
      scale: o.scales.get(keyId(key)) ?? { absolute: Number.NaN, squared: Number.NaN },
    })),
  );
  return estimateOf(confidence.method, measures, { metric, testError, predictions: measures.points ?? 0 });
}

const boundsOf = ({ name, from, to }: Window) => ({
  window: name,
  from: from.toISOString(),
  to: to.toISOString(),
});

const notMeasured = (spec: ForecastingSpec, window: Window, summary: string): MonitoringRecord => ({
  ...{ model: spec.name, ...boundsOf(window), measured: false, summary },
});

const spanOf = ({ from, to }: Window): string => `${readableTime(from)} to ${readableTime(to)}`;

/**
 * Forecasts that overlap the window on the grid of today's spec, in the order in which they count: that which begins
 * last first, for it was made of the newest data; of those that begin together the one that was asked for last.
 */
async function forecastsFor(
  data: ObjectStore,
  versions: readonly ForecastingVersion[],
  spec: ForecastingSpec,
  window: Window,
): Promise<VersionForecast[]> {
  const candidates: (Omit<VersionForecast, 'forecast'> & ListedForecast)[] = [];
  for (const version of versions) {
    const listed = await listForecasts(data, version);
    candidates.push(...listed.filter(({ start }) => start < window.to).map(one => ({ ...one, version })));
  }
  candidates.sort((a, b) => b.start.getTime() - a.start.getTime());
  const forecasts: VersionForecast[] = [];
  let open = [...window.periods];
  for (const together of groupsOf(candidates)) {
    if (open.length === 0) break;
    const loaded = await Promise.all(
      together.map(async ({ version, load }) => ({ version, record: await load() })),
    );
    loaded.sort((a, b) => Date.parse(b.record.madeAt) - Date.parse(a.record.madeAt));
    for (const { version, record } of loaded) {
      const one = { version, forecast: recordedForecast(record) };
      if (one.forecast.grid.every.text !== spec.series.every) continue;
      const { versions: covering } = forecastsInForce({ ...window, periods: open }, [one]);
      if (covering.every(found => found === undefined)) continue;
      forecasts.push(one);
      open = open.filter((_, i) => covering[i] === undefined);
    }
  }
  return forecasts;
}

/** Neighbours that begin together. */
function groupsOf<T extends ListedForecast>(sorted: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (const one of sorted) {
    const last = groups.at(-1);
    if (last?.[0]?.start.getTime() === one.start.getTime()) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

/** The scale of each series in the training part of a version, which its test metrics were scaled by as well. */
async function scalesOf(data: ObjectStore, version: ForecastingVersion): Promise<Map<string, ErrorScale>> {
  const dataset = await loadDataset(data, version.model, version.dataset);
  const { series } = await readGridSeries(data, dataset, 'train');
  const lag = naiveLag(version.recipe.season);
  return new Map(series.map(({ key, values }) => [keyId(key), errorScale(values, lag)]));
}

function periodsByVersion({ versions }: InForce): { version: number; periods: number }[] {
  const periods = new Map<number, number>();
  for (const one of versions) {
    if (one !== undefined) periods.set(one.version.version, (periods.get(one.version.version) ?? 0) + 1);
  }
  return [...periods]
    .map(([version, count]) => ({ version, periods: count }))
    .sort((a, b) => a.version - b.version);
}

/** What the versions in force promised: their test metric, weighted by the periods that each was in force. */
function testErrorOf({ versions }: InForce, metric: MetricName): number | null {
  const promised = versions.flatMap(one => metricOf(one?.version.metrics.test ?? {}, metric) ?? []);
  return promised.length === 0 ? null : promised.reduce((sum, value) => sum + value, 0) / promised.length;
}
