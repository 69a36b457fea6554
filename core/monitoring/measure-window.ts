import { isTabular, type Spec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { measureForecasts } from './measure-forecasts.ts';
import { measurePredictions } from './measure-predictions.ts';
import type { MonitoringRecord } from './monitoring-record.ts';

/** What is to be measured, and when. */
export interface MeasurementRequest<S extends Spec = Spec> {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: S;
  /** ISO 8601; the moment of the measurement. */
  readonly time: string;
  /** Key of an accepted part: its time range is measured. Without: the last `monitoring.every` before `time`. */
  readonly key?: string;
}

/**
 * Compares what the versions in force said with what happened, in the way of the task.
 * @throws ObjectNotFoundError when the part of the key is not there.
 */
export const measureWindow = ({ spec, ...rest }: MeasurementRequest): Promise<MonitoringRecord> =>
  isTabular(spec) ? measurePredictions({ ...rest, spec }) : measureForecasts({ ...rest, spec });
