import { isTabular, type Spec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { measureForecasts } from './measure-forecasts.ts';
import { measurePredictions } from './measure-predictions.ts';
import { findMonitoring, listWindows, type MonitoringRecord } from './monitoring-record.ts';
import { type Range, rangeOfName } from './window.ts';

/** What is to be measured, and when. */
export interface MeasurementRequest<S extends Spec = Spec> {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: S;
  /** ISO 8601; the moment of the measurement. */
  readonly time: string;
  /** Key of an accepted part: its time range is measured. */
  readonly key?: string;
  /** The time to measure. Without it, and without a key: the last `monitoring.every` before `time`. */
  readonly range?: Range;
}

/** Windows that labels of one part can update: more than a month of days would take longer than a step may. */
const MOST_UPDATED = 31;

/**
 * Compares what the versions in force said with what happened, in the way of the task. Labels that arrive with a part
 * update the windows that waited for them.
 * @returns The record of the window that was asked for.
 * @throws ObjectNotFoundError when the part of the key is not there.
 */
export async function measureWindow(request: MeasurementRequest): Promise<MonitoringRecord> {
  const record = await measure(request);
  if (request.key !== undefined) {
    const { key: _, ...rest } = request;
    for (const range of await waitingWindows(request, record)) await measure({ ...rest, range });
  }
  return record;
}

const measure = ({ spec, ...rest }: MeasurementRequest): Promise<MonitoringRecord> =>
  isTabular(spec) ? measurePredictions({ ...rest, spec }) : measureForecasts({ ...rest, spec });

/** The newest windows that overlap a measured one and were not measured, or not with all of the truth. */
async function waitingWindows(
  { models, spec }: MeasurementRequest,
  { window, from, to }: MonitoringRecord,
): Promise<Range[]> {
  const waiting: Range[] = [];
  for (const name of (await listWindows(models, spec.name)).toReversed()) {
    const range = rangeOfName(name);
    const overlaps = range !== undefined && range.from < new Date(to) && range.to > new Date(from);
    if (name === window || !overlaps) continue;
    const known = await findMonitoring(models, spec.name, name);
    if (known?.measured !== true || (known.groundTruth?.share ?? 1) < 1) waiting.push(range);
    if (waiting.length === MOST_UPDATED) break;
  }
  return waiting;
}
