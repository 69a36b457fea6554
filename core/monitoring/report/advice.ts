import { readableNumber, readableShare } from '../../insights/readable.ts';
import type { ColumnDrift } from '../drift/drift-record.ts';
import { isEnough, LEAST_ANSWERS } from '../enough-answers.ts';
import type { MonitoringRecord } from '../monitoring-record.ts';

/** Features that a sentence names. */
const NAMED = 3;

/** Below this share of known truth, a measurement says little of the window. */
const LITTLE_TRUTH = 0.5;

/** What a person should know of a window, and what to do, in plain sentences; the most urgent first. */
export function adviceOf(record: MonitoringRecord): string[] {
  return [
    ...performanceAdvice(record),
    ...driftAdvice(record),
    ...truthAdvice(record),
    ...servingAdvice(record),
  ];
}

function performanceAdvice(record: MonitoringRecord): string[] {
  if (!record.measured) return [];
  if (!isEnough(record)) {
    return [
      `The truth is known of fewer than ${LEAST_ANSWERS} rows: too few to tell an error from chance, so that no alarm hears of it.`,
    ];
  }
  if (record.worseThanTest === true) {
    const ratio =
      record.errorRatio === null
        ? ''
        : ` (${readableNumber(record.errorRatio)} times the error of the test part)`;
    return [
      `Predictions were worse than chance explains${ratio}. If one window is an exception, wait for the next; if not, ` +
        'roll back to the version before when it was better, or train on newer data.',
    ];
  }
  const interval = record.testInterval;
  if (interval == null) return [];
  const ends = `${readableNumber(interval.lower)} to ${readableNumber(interval.upper)}`;
  return [`The error is one that the test part lets expect (${ends}): by itself no reason to act.`];
}

function driftAdvice(record: MonitoringRecord): string[] {
  const { drift } = record;
  if (drift === undefined) return [];
  const drifted = drift.features.filter(one => one.drifted);
  const sentences: string[] = [];
  if (drift.datasetDrift) {
    const good = record.measured && record.worseThanTest === false;
    sentences.push(
      `The input has changed: ${namesOf(drifted)}. ` +
        (good
          ? 'Predictions have not suffered yet. Find out whether the change is real or a defect of the delivery; if it stays, train on data that has it.'
          : 'Look first whether a delivery is broken (units, codes, a join that finds nothing); if the world has changed, train on newer data.'),
    );
  } else if (drifted.length > 0) {
    sentences.push(
      `${namesOf(drifted)} changed, fewer than count as drift of the whole. Worth a look, no reason to act.`,
    );
  }
  const empty = drifted.filter(({ missing }) => missing.window - missing.reference > missing.threshold);
  if (empty.length > 0)
    sentences.push(
      `Values are missing far more often than before: ${namesOf(empty)}. Ask who delivers them.`,
    );
  const unseen = drift.features.filter(one => (one.unseen?.rows ?? 0) > 0);
  if (unseen.length > 0)
    sentences.push(
      `There are values that the version has never seen: ${namesOf(unseen)}. It treats them as any other.`,
    );
  if (drift.series !== null && drift.series.appeared.length > 0)
    sentences.push('Series appeared that have no forecast: they get one with the next version.');
  if (drift.prediction?.drifted === true)
    sentences.push(
      `The version predicts otherwise than ${drift.series === null ? 'on the test part' : 'its series usually are'}. With drifted input that is to be expected; without, ask what else changed.`,
    );
  return sentences;
}

const namesOf = (columns: readonly ColumnDrift[]): string =>
  columns
    .slice(0, NAMED)
    .map(({ name }) => name)
    .join(', ') + (columns.length > NAMED ? ` and ${columns.length - NAMED} more` : '');

function truthAdvice({ groundTruth, estimated }: MonitoringRecord): string[] {
  if (groundTruth?.share == null || groundTruth.share >= LITTLE_TRUTH) return [];
  return [
    `Of ${readableShare(groundTruth.share)} of the predictions it is known what happened. ` +
      (estimated === undefined
        ? 'The window is measured again when more arrives.'
        : 'Until more arrives there is an estimate, which sees changed input and no changed meaning.'),
  ];
}

function servingAdvice({ serving }: MonitoringRecord): string[] {
  if (serving === undefined || serving.errors === 0) return [];
  return [`${serving.errors} of ${serving.requests} requests to the endpoint failed: its log says why.`];
}
