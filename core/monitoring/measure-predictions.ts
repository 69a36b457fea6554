import { metricOf } from '../evaluation/measures.ts';
import { measurePredictions as measureOutputs } from '../evaluation/tabular/measure-predictions.ts';
import { readableMetric, readableNumber, readableTime } from '../insights/readable.ts';
import { listVersions, type TabularVersion, type VersionRecord } from '../registry/versions.ts';
import { cycleOf } from '../spec/learning.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { TabularSpec } from '../spec/schema.ts';
import { type LoadedPredictor, loadPredictor } from '../training/tabular/load-predictor.ts';
import { dataFacts } from './data-facts.ts';
import { compareColumn } from './drift/compare-column.ts';
import type { ColumnDrift } from './drift/drift-record.ts';
import { measureRowDrift, type WindowRows } from './drift/measure-row-drift.ts';
import { findRowReference } from './drift/reference-record.ts';
import { errorRatio } from './error-ratio.ts';
import type { MeasurementRequest } from './measure-window.ts';
import type { MonitoringRecord } from './monitoring-record.ts';
import { findPredictionReference, type PredictionReference } from './prediction-reference.ts';
import { writeWindow } from './report/write-window.ts';
import { batchAnswers } from './rows/batch-answers.ts';
import { estimateRows } from './rows/estimate-rows.ts';
import { givenFor, withinSpan } from './rows/given-answers.ts';
import { type Joined, joinAnswers, joinReplayed } from './rows/join-answers.ts';
import { type Answers, answeringVersion, loggedAnswers } from './rows/logged-answers.ts';
import { type ObservedRows, observeRows } from './rows/observe-rows.ts';
import { predictionColumn } from './rows/prediction-column.ts';
import { readWindowLog } from './rows/read-window-log.ts';
import { periodBefore, spanFor } from './rows/window-span.ts';
import { versionInForce } from './version-in-force.ts';
import { nameOfRange, type Range } from './window.ts';
import { isWorse } from './worse-than-test.ts';

type Request = MeasurementRequest<TabularSpec>;

/**
 * Measures a window of rows: how far features and predictions have drifted from the version's reference; how good the
 * predictions were where the truth is known by now, or else what that is estimated to be; what the endpoint did, and
 * what data came in. Predictions that were given are joined to the truth by id; where none were, the newest version
 * that knew nothing of the window answers its rows now. A window without anything is recorded too, with the reason.
 * @throws ObjectNotFoundError when the part of the key is not there.
 */
export async function measurePredictions(request: Request): Promise<MonitoringRecord> {
  const { models, spec } = request;
  const span = await spanFor(request);
  if (span === undefined) {
    const why = `Nothing to measure: the part has no rows of ${spec.examples.base} with a time`;
    return { ...boundsOf(spec, periodBefore(request)), measured: false, summary: why };
  }
  const record = await measureSpan(request, span);
  await writeWindow(models, record);
  return record;
}

/** What a window is measured with: the version that it is about, and what is stored of it. */
interface InForce {
  readonly version: TabularVersion;
  readonly loaded: LoadedPredictor;
  readonly reference: PredictionReference | undefined;
}

async function measureSpan(request: Request, span: Range): Promise<MonitoringRecord> {
  const { data, models, spec } = request;
  const log = await readWindowLog(data, spec.name, span);
  const bounds = boundsOf(spec, span);
  const table = spec.examples.base;
  const facts = {
    ...bounds,
    data: await dataFacts({
      ...{ data, models, model: spec.name, table, window: bounds.window, from: span.from },
      time: request.time,
    }),
    ...(log.serving !== null && { serving: log.serving }),
  };
  const versions = (await listVersions(models, spec.name)).filter(isTabularVersion);
  const answering = answeringVersion(log.answers);
  const version =
    versions.find(one => one.version === answering) ??
    (await versionInForce(models, spec.name, span, versions));
  if (version === undefined) {
    const why = `no version has data that ended before ${readableTime(span.to)}`;
    return { ...facts, measured: false, summary: `Nothing to compare: ${why}` };
  }
  await using loaded = await loadPredictor(models, spec.name, version.run);
  const inForce: InForce = {
    ...{ version, loaded },
    reference: await findPredictionReference(models, spec.name, version.run),
  };
  const answers =
    log.answers.length > 0
      ? loggedAnswers(log.answers, version.version, loaded.artifact)
      : await batchAnswers(data, spec.name, version.version, loaded.artifact);
  // Rows that the version was built on say nothing of what came after it.
  const unseen = { from: new Date(Math.max(span.from.getTime(), Date.parse(version.dataEnd))), to: span.to };
  const { artifact } = loaded;
  const observed = await observeRows({ data, model: spec.name, artifact, span: unseen, ids: answers.ids });
  return await compareSpan(request, facts, inForce, { unseen, answers, observed });
}

const isTabularVersion = (version: VersionRecord): version is TabularVersion =>
  version.task !== 'forecasting';

type Facts = Pick<MonitoringRecord, 'model' | 'window' | 'from' | 'to' | 'data' | 'serving'>;

async function compareSpan(
  { data, spec }: Request,
  facts: Facts,
  { version, loaded, reference }: InForce,
  { unseen, answers, observed }: { unseen: Range; answers: Answers; observed: ObservedRows },
): Promise<MonitoringRecord> {
  const { question } = loaded.artifact.recipe;
  const accepted = withinSpan(observed, unseen);
  const replayed = await loaded.predictor.predict(accepted.columns, accepted.rows);
  const given = givenFor(answers, observed, accepted);
  const joined =
    given === undefined
      ? joinReplayed(replayed, accepted)
      : joinAnswers(given.seen === undefined ? 'requests' : 'prediction-log', given, observed, unseen);
  const outputs = given?.outputs ?? replayed;
  const { metric } = spec.monitoring.performance;
  const testError = metricOf(version.metrics.test, metric);
  const estimated = estimateRows(reference?.confidence ?? null, outputs, metric, testError);
  const window = seenRows(given, accepted);
  const season = cycleOf(spec.monitoring);
  const rowReference = await findRowReference(data, spec.name, version.dataset, season);
  const prediction = predictionDrift(
    reference,
    predictionColumn(question, outputs, outputs[0]?.length ?? 0),
    spec,
  );
  const shared = {
    ...facts,
    ...(joined.groundTruth.predictions > 0 || joined.groundTruth.withoutPrediction > 0
      ? { groundTruth: joined.groundTruth }
      : {}),
    ...(estimated !== undefined && { estimated }),
    ...(rowReference !== undefined &&
      window.rows > 0 && {
        drift: measureRowDrift({
          ...{ version: version.version, reference: rowReference, window, prediction, from: unseen.from },
          settings: spec.monitoring.drift,
        }),
      }),
  };
  const metrics = joined.rows === 0 ? undefined : measureOutputs(question, joined.outputs, joined.target);
  const error = metrics === undefined ? null : metricOf(metrics, metric);
  if (metrics === undefined || error === null) {
    return { ...shared, measured: false, summary: `Nothing to compare: ${reasonOf(joined, metric, unseen)}` };
  }
  const interval = reference?.interval?.metric === metric ? reference.interval : null;
  return {
    ...{ ...shared, measured: true, task: version.task, version: version.version, metric, error, testError },
    ...{ errorRatio: errorRatio(metric, error, testError), metrics },
    ...{ testInterval: interval, worseThanTest: interval && isWorse(error, interval) },
    summary:
      `${readableMetric(metric)} of version ${version.version} was ${readableNumber(error)} over ${joined.rows} rows ` +
      `of ${readableTime(unseen.from)} to ${readableTime(unseen.to)}` +
      (testError === null ? '' : `, against ${readableNumber(testError)} on the test part`),
  };
}

/** What the version saw, by its log, where that is more than what was accepted of the window by now. */
const seenRows = (given: Answers | undefined, accepted: ObservedRows): WindowRows =>
  given?.seen !== undefined && given.seen.rows > accepted.rows ? given.seen : accepted;

function predictionDrift(
  reference: PredictionReference | undefined,
  column: ReturnType<typeof predictionColumn>,
  spec: TabularSpec,
): ColumnDrift | null {
  if (reference?.predictions == null) return null;
  const { name, sketch } = reference.predictions;
  return compareColumn(name, sketch, column, { cells: undefined, psi: spec.monitoring.drift.psi });
}

function reasonOf({ rows, groundTruth }: Joined, metric: MetricName, { from, to }: Range): string {
  const period = `${readableTime(from)} to ${readableTime(to)}`;
  if (rows > 0) {
    return `${rows} rows of ${period} have a target by now, of which ${readableMetric(metric)} cannot be computed`;
  }
  if (groundTruth.source === 'replayed') return `0 rows of ${period} have a target by now`;
  const unasked = groundTruth.withoutPrediction;
  return (
    `none of ${groundTruth.predictions} predictions of ${period} has a target by now` +
    (unasked === 0 ? '' : `, and ${unasked} rows with a target were not asked about`)
  );
}

const boundsOf = (spec: TabularSpec, { from, to }: Range) => ({
  model: spec.name,
  window: nameOfRange({ from, to }),
  from: from.toISOString(),
  to: to.toISOString(),
});
