import {
  readableMeasure,
  readableMetric,
  readableNumber,
  readableShare,
  readableTime,
} from '../core/insights/readable.ts';
import type { DriftRecord } from '../core/monitoring/drift/drift-record.ts';
import { isEnough, LEAST_ANSWERS } from '../core/monitoring/enough-answers.ts';
import type { MonitoringRecord } from '../core/monitoring/monitoring-record.ts';
import { section, table } from './table.ts';

/** Columns of a window that a terminal shows. */
const SHOWN = 10;

/** A measured window, as a terminal shows it. */
export function describeMonitoring(record: MonitoringRecord): string {
  const { drift, estimated, groundTruth, serving, data } = record;
  const lines: [string, string][] = [];
  if (groundTruth !== undefined) {
    const { predictions, known, share, withoutPrediction } = groundTruth;
    lines.push(['ground truth', `${known} of ${predictions} predictions (${readableShare(share)})`]);
    if (withoutPrediction > 0) lines.push(['not asked about', `${withoutPrediction} rows with ground truth`]);
  }
  if (record.measured && !isEnough(record)) {
    lines.push([
      'no alarm',
      `fewer than ${LEAST_ANSWERS} rows with ground truth: an error of these may be chance`,
    ]);
  }
  if (estimated !== undefined) {
    const { metric, value, testError } = estimated;
    lines.push([
      'estimate',
      `${readableMetric(metric)} ${readableMeasure(metric, value)}, against ${readableMeasure(metric, testError)} on the test part; not a measurement`,
    ]);
  }
  if (serving !== undefined) {
    const { requests, errors, refusals, latency } = serving;
    lines.push([
      'endpoint',
      `${requests} requests, ${errors} failed, ${refusals} refused; p50 ${readableNumber(latency.p50)} ms, p99 ${readableNumber(latency.p99)} ms`,
    ]);
  }
  if (data !== undefined) {
    lines.push([
      'data',
      `${data.rows} rows accepted (files: ${data.files}); newest row ${data.newest === null ? 'unknown' : readableTime(data.newest)}`,
    ]);
  }
  const body = [
    ...lines.map(([name, text]) => `${name.padEnd(16)} ${text}`),
    ...(drift === undefined ? ['drift            nothing to compare'] : describeDrift(drift)),
  ];
  return section(`${record.summary}\n`, body.join('\n'));
}

function describeDrift(drift: DriftRecord): string[] {
  const kind = drift.series === null ? 'features' : 'series';
  const verdict = drift.datasetDrift ? 'drift' : 'no drift';
  const counted =
    drift.share === null
      ? `none of the ${kind} can be compared yet`
      : `${verdict}: ${drift.drifted} of ${drift.tested} ${kind}, against the reference of version ${drift.version}`;
  const prediction =
    drift.prediction === null
      ? []
      : [`predictions      ${drift.prediction.drifted ? 'drift' : 'no drift'}: ${drift.prediction.reason}`];
  const rows = drift.features
    .slice(0, SHOWN)
    .map(({ name, drifted, reason }) => [name, drifted ? 'drift' : '', reason]);
  return [
    `drift            ${counted}`,
    ...prediction,
    '',
    ...table(['name', '', 'how far'], rows).split('\n'),
  ];
}
