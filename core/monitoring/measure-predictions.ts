import { acceptedPartSchema } from '../data/accepted-parts.ts';
import { readColumns, readTarget } from '../data/dataset/read-examples.ts';
import { withDuckDb } from '../data/duckdb.ts';
import { acceptedRelations } from '../data/features/accepted-relations.ts';
import { exampleColumns, ROWS } from '../data/features/examples-query.ts';
import { createLabelled } from '../data/features/labelled-query.ts';
import { exampleTime } from '../data/features/tabular-section.ts';
import { identifier, literal } from '../data/quote.ts';
import { type Measures, metricOf } from '../evaluation/measures.ts';
import { measurePredictions as measureOutputs } from '../evaluation/tabular/measure-predictions.ts';
import { readableMetric, readableNumber, readableTime } from '../insights/readable.ts';
import { listVersions, type TabularVersion, type VersionRecord } from '../registry/versions.ts';
import { addDuration } from '../spec/duration.ts';
import { durationOf, type TabularSpec } from '../spec/schema.ts';
import { canonicalJson } from '../storage/digest.ts';
import { dataKeys, modelKeys, parseAcceptedKey, sortableTime } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { scratchFolder } from '../storage/scratch-folder.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { type LoadedPredictor, loadPredictor } from '../training/tabular/load-predictor.ts';
import { errorRatio } from './error-ratio.ts';
import type { MeasurementRequest } from './measure-window.ts';
import type { MonitoringRecord } from './monitoring-record.ts';
import { renderMonitoring } from './render-monitoring.ts';

type Request = MeasurementRequest<TabularSpec>;

/** A range of time, half open. */
interface Span {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Lets the newest version whose data ended before a window answer the window's rows whose targets are known by now:
 * rows that it has never seen. A window without such rows is recorded too, with the reason.
 * @throws ObjectNotFoundError when the part of the key is not there.
 */
export async function measurePredictions(request: Request): Promise<MonitoringRecord> {
  const { models, spec } = request;
  const span = await spanFor(request);
  if (span === undefined) {
    const { from, to } = periodBefore(request);
    const why = `Nothing to measure: the part has no rows of ${spec.examples.base} with a time`;
    return notMeasured(spec, { from, to }, why);
  }
  const record = await measure(request, span);
  await models.put(modelKeys.window(spec.name, record.window, 'json'), canonicalJson(record));
  await models.put(modelKeys.window(spec.name, record.window, 'html'), renderMonitoring(record));
  return record;
}

/** The time that is measured: that of the part, or the period before the moment; undefined where there is none. */
async function spanFor(request: Request): Promise<Span | undefined> {
  const { data, spec, key } = request;
  if (key === undefined) return exampleTime(spec) === undefined ? undefined : periodBefore(request);
  const address = parseAcceptedKey(key);
  if (address === undefined || address.table !== spec.examples.base) return undefined;
  const infoKey = dataKeys.acceptedPartInfo(spec.name, address.table, address.part);
  const info = await data.get(infoKey);
  if (info === undefined) throw new ObjectNotFoundError(data.url, infoKey);
  const { timeRange } = acceptedPartSchema.parse(JSON.parse(info.body.toString()));
  // The last row is in the part: half open means that the range ends just after it.
  return timeRange === null || exampleTime(spec) === undefined
    ? undefined
    : { from: new Date(timeRange.from), to: new Date(Date.parse(timeRange.to) + 1) };
}

function periodBefore({ spec, time }: Request): Span {
  const to = new Date(time);
  return { from: addDuration(to, durationOf(spec.monitoring.every), -1), to };
}

async function measure({ data, models, spec }: Request, span: Span): Promise<MonitoringRecord> {
  const nothing = (why: string): MonitoringRecord => notMeasured(spec, span, `Nothing to compare: ${why}`);
  const version = versionFor(span, await listVersions(models, spec.name));
  if (version === undefined) return nothing(`no version has data that ended before ${readableTime(span.to)}`);
  const unseen = { from: new Date(Math.max(span.from.getTime(), Date.parse(version.dataEnd))), to: span.to };
  await using predictor = await loadPredictor(models, spec.name, version.run);
  const metrics = await answerSpan(data, version, predictor, unseen);
  const { metric } = spec.monitoring.performance;
  const error = metrics && metricOf(metrics, metric);
  if (metrics === undefined || error == null) {
    const rows = metrics?.rows ?? 0;
    return nothing(
      `${rows} rows of ${readableTime(unseen.from)} to ${readableTime(unseen.to)} have a target by now` +
        (rows === 0 ? '' : `, of which ${readableMetric(metric)} cannot be computed`),
    );
  }
  const testError = metricOf(version.metrics.test, metric);
  return {
    ...{ ...boundsOf(spec, span), measured: true, task: version.task, version: version.version },
    ...{ metric, error, testError, errorRatio: errorRatio(metric, error, testError), metrics },
    summary:
      `${readableMetric(metric)} of version ${version.version} was ${readableNumber(error)} over ${metrics.rows} rows ` +
      `of ${readableTime(unseen.from)} to ${readableTime(unseen.to)}` +
      (testError === null ? '' : `, against ${readableNumber(testError)} on the test part`),
  };
}

/** The newest version that knew nothing of a span; where all of them did, the newest that did not know its end. */
function versionFor({ from, to }: Span, versions: readonly VersionRecord[]): TabularVersion | undefined {
  const endedBefore = (moment: Date): TabularVersion | undefined =>
    versions.findLast(
      (one): one is TabularVersion => one.task !== 'forecasting' && new Date(one.dataEnd) <= moment,
    );
  const latest = endedBefore(to);
  return endedBefore(from) ?? (latest !== undefined && new Date(latest.dataEnd) < to ? latest : undefined);
}

/** The measures of a version on the rows of a span whose target is known; undefined where there are none. */
async function answerSpan(
  data: ObjectStore,
  version: TabularVersion,
  { artifact, predictor }: LoadedPredictor,
  { from, to }: Span,
): Promise<Measures | undefined> {
  const { section, features, recipe } = artifact;
  const { base, joins } = section.examples;
  const time = exampleTime(section);
  if (time === undefined) return undefined;
  const names = [base, ...joins.map(({ table }) => table)];
  await using tables = await acceptedRelations(data, version.model, section, names);
  await using scratch = await scratchFolder('monitoring');
  const options = { paths: tables.paths, threads: 1, workspace: scratch.path };
  return await withDuckDb(options, async connection => {
    const moment = `${identifier(time)}::TIMESTAMP`;
    const at = (date: Date): string => `TIMESTAMP ${literal(date.toISOString().slice(0, -1))}`;
    const asked = `(FROM ${tables.relations[base]} WHERE ${moment} >= ${at(from)} AND ${moment} < ${at(to)})`;
    const relations = { ...tables.relations, [ROWS]: asked };
    const { question } = recipe;
    const classes = question.task === 'classification' ? question.classes : undefined;
    const rows = await createLabelled(connection, section, relations, { features, classes });
    if (rows === 0) return undefined;
    const columns = await readColumns(connection, 'labelled', rows, features);
    const target = await readTarget(connection, 'labelled', rows, {
      name: exampleColumns(section).target,
      ...(classes === undefined ? { kind: 'number' } : { kind: 'category', classes: [...classes] }),
    });
    return measureOutputs(question, await predictor.predict(columns, rows), target);
  });
}

const boundsOf = (spec: TabularSpec, { from, to }: Span) => ({
  model: spec.name,
  window: `${sortableTime(from.toISOString())}--${sortableTime(to.toISOString())}`,
  from: from.toISOString(),
  to: to.toISOString(),
});

const notMeasured = (spec: TabularSpec, span: Span, summary: string): MonitoringRecord => ({
  ...boundsOf(spec, span),
  measured: false,
  summary,
});
