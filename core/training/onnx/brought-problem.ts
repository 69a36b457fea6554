import type { TabularSpec } from '../../spec/schema.ts';
import { ModelFormatError, TrainingError } from '../../telemetry/errors.ts';
import type { Subject } from '../tabular/tabular-method.ts';
import { openSession } from './runtime.ts';
import { planInputs, planOutputs } from './signature.ts';

/** Why a model cannot answer for a task and its features, as far as that shows without data; undefined if it can. */
export async function broughtProblem(
  bytes: Uint8Array,
  task: TabularSpec['task'],
  features: Subject['features'],
): Promise<string | undefined> {
  try {
    const session = await openSession(bytes);
    try {
      planInputs(session.inputMetadata, features);
      planOutputs(session.outputMetadata, task, task === 'regression' ? [1] : undefined);
    } finally {
      await session.release();
    }
    return undefined;
  } catch (error) {
    if (error instanceof TrainingError || error instanceof ModelFormatError) return error.message;
    throw error;
  }
}
