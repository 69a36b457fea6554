import { type Html, type HtmlValue, html, table } from '../../insights/html.ts';
import { readableMetric, readableNumber, readableShare, readableTime } from '../../insights/readable.ts';
import type { GroundTruth, MonitoringRecord } from '../monitoring-record.ts';

const SOURCES: Readonly<Record<GroundTruth['source'], string>> = {
  'prediction-log': 'Answers of the endpoint, joined by id',
  requests: 'Answers to request files, joined by id',
  forecasts: 'Forecasts in force, by series and time',
  replayed: 'Nobody asked: what the version says of these rows now',
};

const METHODS = {
  'calibrated-probabilities': 'from calibrated probabilities: sees rows that the version is less sure of',
  'errors-by-prediction': 'from the errors that predictions of that size had',
  'interval-widths': 'from the widths of the prediction intervals',
} as const;

const HOUR = 3600;

/** What is known of a window beside drift and measures: truth, estimate, endpoint, data. */
export function factsSection({ groundTruth, estimated, serving, data }: MonitoringRecord): Html {
  const rows: HtmlValue[][] = [];
  if (groundTruth !== undefined) {
    rows.push([
      'Ground truth',
      `${groundTruth.known} of ${groundTruth.predictions} (${readableShare(groundTruth.share)})`,
      SOURCES[groundTruth.source],
    ]);
    if (groundTruth.withoutPrediction > 0)
      rows.push([
        'Without prediction',
        String(groundTruth.withoutPrediction),
        'What happened, and nobody had asked',
      ]);
  }
  if (estimated !== undefined) {
    rows.push([
      html`${readableMetric(estimated.metric)}, <em>estimated</em>`,
      readableNumber(estimated.value),
      `Not measured: ${METHODS[estimated.method]}. On the test part it was ${readableNumber(estimated.testError)}`,
    ]);
  }
  if (serving !== undefined) {
    rows.push(
      ['Requests', String(serving.requests), `${serving.errors} failed, ${serving.refusals} were refused`],
      ['Availability', readableShare(serving.availability), 'Share of the requests that did not fail'],
      [
        'Latency',
        `${readableNumber(serving.latency.p50)} ms`,
        `Half of the requests took no longer; 99 of 100 no longer than ${readableNumber(serving.latency.p99)} ms`,
      ],
    );
    if (serving.unreadable > 0)
      rows.push([
        'Unreadable',
        String(serving.unreadable),
        'Lines of the prediction log that are no entries',
      ]);
  }
  if (data !== undefined) {
    rows.push(
      [
        'Newest row',
        data.newest === null ? 'unknown' : readableTime(data.newest),
        data.age === null
          ? `Of table ${data.table}, whose rows have no time`
          : `Of table ${data.table}; ${readableNumber(data.age / HOUR)} hours before ${readableTime(data.asOf)}`,
      ],
      ['Accepted', `${data.rows} rows`, `Files since the window began: ${data.files}`],
    );
    if (data.missing !== null) rows.push(['Empty cells', readableShare(data.missing), 'Of these files']);
  }
  return rows.length === 0
    ? html``
    : html`<h2>Truth, endpoint and data</h2>\n${table(['', 'Value', 'Meaning'], rows)}`;
}
