import { acceptedPartSchema } from '../data/accepted-parts.ts';
import { loadDataset } from '../data/dataset/load-dataset.ts';
import { observedSeries } from '../data/series/observed-series.ts';
import { keyId } from '../data/series.ts';
import { metricOf } from '../evaluation/measures.ts';
import { type ErrorScale, errorScale, naiveLag } from '../evaluation/scale.ts';
import { readableMetric, readableNumber, readableTime } from '../insights/readable.ts';
import { type ForecastingVersion, listVersions, type VersionRecord } from '../registry/versions.ts';
import { type ListedForecast, listForecasts } from '../serving/find-forecast.ts';
import { recordedForecast } from '../serving/forecast-record.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { canonicalJson } from '../storage/digest.ts';
import { dataKeys, modelKeys, parseAcceptedKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { readGridSeries } from '../training/grid-series.ts';
import { compare } from './compare.ts';
import { errorRatio } from './error-ratio.ts';
import { forecastsInForce, type InForce, type VersionForecast } from './forecasts-in-force.ts';
import type { MeasurementRequest } from './measure-window.ts';
import type { MonitoringRecord } from './monitoring-record.ts';
import { renderMonitoring } from './render-monitoring.ts';
import { type Window, windowBefore, windowOfPart } from './window.ts';

type ForecastRequest = MeasurementRequest<ForecastingSpec>;

/**
 * Compares the forecasts in force with what happened, and writes the result as JSON and as a page. A window without
 * anything to compare is recorded too, with the reason. A part of a table that is not forecast is not worth a record:
 * the answer says so, and nothing is written.
 * @throws ObjectNotFoundError when the part of the key is not there.
 */
export async function measureForecasts(request: ForecastRequest): Promise<MonitoringRecord> {
  const { data, models, spec } = request;
  const table = request.key === undefined ? spec.series.table : parseAcceptedKey(request.key)?.table;
  const window = await windowFor(request);
  if (table !== spec.series.table || window === undefined) {
    const why = `Nothing to measure: table ${table ?? 'unknown'} does not hold the series that are forecast`;
    return notMeasured(spec, window ?? windowBefore(request.time, spec), why);
  }
  const record = await measure(data, models, spec, window);
  await models.put(modelKeys.window(spec.name, window.name, 'json'), canonicalJson(record));
  await models.put(modelKeys.window(spec.name, window.name, 'html'), renderMonitoring(record));
  return record;
}

async function windowFor({ data, spec, time, key }: ForecastRequest): Promise<Window | undefined> {
  if (key === undefined) return windowBefore(time, spec);
  const address = parseAcceptedKey(key);
  if (address === undefined || address.table !== spec.series.table) return undefined;
  const infoKey = dataKeys.acceptedPartInfo(spec.name, address.table, address.part);
  const info = await data.get(infoKey);
  if (info === undefined) throw new ObjectNotFoundError(data.url, infoKey);
  return windowOfPart(acceptedPartSchema.parse(JSON.parse(info.body.toString())), spec);
}

async function measure(
  data: ObjectStore,
  models: ObjectStore,
  spec: ForecastingSpec,
  window: Window,
): Promise<MonitoringRecord> {
  const forecasts = await forecastsFor(data, await listVersions(models, spec.name), spec, window);
  const inForce = forecastsInForce(window, forecasts);
  const [newest] = forecasts.filter(one => inForce.versions.includes(one));
  if (newest === undefined) {
    return notMeasured(spec, window, `Nothing to compare: no forecast covers ${spanOf(window)}`);
  }
  const { metric } = spec.monitoring.performance;
  const observed = await observedSeries({ data, spec, from: window.from, to: window.to });
  const scales = await scalesOf(data, newest.version);
  const compared = compare(window, inForce, observed, { metric, scales });
  const error = metricOf(compared.metrics, metric);
  if (error === null) {
    const why =
      compared.labels.known === 0
        ? `no ground truth is there yet for ${spanOf(window)}`
        : `${readableMetric(metric)} is undefined for ${spanOf(window)}, since no series has a scale`;
    return notMeasured(spec, window, `Nothing to compare: ${why}`);
  }
  const testError = testErrorOf(inForce, metric);
  return {
    ...{
      model: spec.name,
      ...boundsOf(window),
      measured: true,
      task: spec.task,
      metric,
      error,
      testError,
      errorRatio: errorRatio(metric, error, testError),
      ...compared,
    },
    versions: periodsByVersion(inForce),
    summary:
      `${readableMetric(metric)} was ${readableNumber(error)} over ${spanOf(window)}` +
      (testError === null ? '' : `, against ${readableNumber(testError)} on the test part`),
  };
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
  versions: readonly VersionRecord[],
  spec: ForecastingSpec,
  window: Window,
): Promise<VersionForecast[]> {
  const candidates: (Omit<VersionForecast, 'forecast'> & ListedForecast)[] = [];
  for (const version of versions) {
    if (version.task !== 'forecasting') continue;
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
