import type { ObjectStore } from '../core/storage/object-store.ts';
import { NoSuchRunError } from '../core/telemetry/errors.ts';
import { findTrackedRun, type TrackedRun } from '../core/tracking/find-tracked-run.ts';
import { UsageError } from './command.ts';

/** The run or version that an argument names. Throws UsageError when it names none. */
export async function trackedRun(models: ObjectStore, reference: string): Promise<TrackedRun> {
  try {
    return await findTrackedRun(models, reference);
  } catch (error) {
    throw error instanceof NoSuchRunError ? new UsageError(error.message, { cause: error }) : error;
  }
}
