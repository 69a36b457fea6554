import { addDuration } from '../spec/duration.ts';
import { durationOf, type TabularSpec } from '../spec/schema.ts';
import { sortableTime } from '../storage/layout.ts';
import type { MeasurementRequest } from './measure-window.ts';
import type { MonitoringRecord } from './monitoring-record.ts';

/**
 * Predictions of rows are not compared with what happened yet: the record says so, instead of silence that would look
 * like health.
 */
export async function measurePredictions({
  spec,
  time,
}: MeasurementRequest<TabularSpec>): Promise<MonitoringRecord> {
  const to = new Date(time);
  const from = addDuration(to, durationOf(spec.monitoring.every), -1);
  const [start, end] = [from.toISOString(), to.toISOString()];
  return {
    ...{ model: spec.name, window: `${sortableTime(start)}--${sortableTime(end)}`, from: start, to: end },
    measured: false,
    summary: `Nothing to compare: predictions of a ${spec.task} are not compared with what happened yet`,
  };
}
