import type { MetricId } from '../telemetry/metrics.ts';
import { isEnough } from './enough-answers.ts';
import type { MonitoringRecord } from './monitoring-record.ts';

/** What a window is in numbers: those metrics that it has something to say about. */
export function windowMetrics(record: MonitoringRecord): Partial<Record<MetricId, number>> {
  const { drift, estimated, groundTruth } = record;
  const known: readonly (readonly [MetricId, number | null | undefined])[] = [
    ['ForecastError', record.measured ? record.error : null],
    ['ForecastErrorRatio', record.measured && isEnough(record) ? record.errorRatio : null],
    ['DriftedShare', drift?.share],
    ['DatasetDrift', drift?.share == null ? null : Number(drift.datasetDrift)],
    ['PredictionDrift', drift?.prediction?.excess],
    ['EstimatedErrorRatio', estimated?.errorRatio],
    ['LabelCoverage', groundTruth?.share],
  ];
  return Object.fromEntries(known.filter(([, value]) => value != null && Number.isFinite(value)));
}
