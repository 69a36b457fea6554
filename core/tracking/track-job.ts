import type { ObjectStore } from '../storage/object-store.ts';
import { messageOf } from '../telemetry/errors.ts';
import type { Attempt, Happening } from './lineage-event.ts';
import { recordLineage } from './record-lineage.ts';

/** What came of a job; `error` says that it failed, although its work came to an end. */
export interface JobResult<T> {
  readonly result: T;
  readonly end: Omit<Happening, 'type'>;
}

/**
 * Does the work of a job and keeps its lineage: a START before, one COMPLETE or FAIL after. Where the function dies in
 * between, the job stays open until the workflow's failure is recorded (`abortUnfinished`).
 * @throws what `work` throws, after the FAIL.
 */
export async function trackJob<T>(
  models: ObjectStore,
  attempt: Attempt,
  start: Pick<Happening, 'inputs'>,
  work: () => Promise<JobResult<T>>,
): Promise<T> {
  await recordLineage(models, attempt, { ...start, type: 'START' });
  const { result, end } = await work().catch(async (error: unknown) => {
    const name = error instanceof Error ? error.name : 'Error';
    await recordLineage(models, attempt, { ...start, type: 'FAIL', error: `${name}: ${messageOf(error)}` });
    throw error;
  });
  await endJob(models, attempt, end);
  return result;
}

/** Records how the work of a job ended. */
export const endJob = (
  models: ObjectStore,
  attempt: Attempt,
  end: JobResult<unknown>['end'],
): Promise<void> =>
  recordLineage(models, attempt, { ...end, type: end.error === undefined ? 'COMPLETE' : 'FAIL' });
