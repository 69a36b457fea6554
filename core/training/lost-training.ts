import * as z from 'zod';
import { TrainingError, TrainingJobError } from '../telemetry/errors.ts';
import { plainCause } from '../telemetry/failure-cause.ts';

/** What Step Functions tells of a task that failed. */
export const taskFailureSchema = z.object({ Error: z.string(), Cause: z.string() });

export type TaskFailure = z.output<typeof taskFailureSchema>;

/** What a function that runs out of time ends with, and a task that its function never answered. */
const OUT_OF_TIME = ['Sandbox.Timedout', 'States.Timeout'];

/**
 * Why a training was lost whose function could not say so itself. Out of time it runs with the same data again, so that
 * is for good; of a function that died nobody knows, so the next delivery tries again.
 */
export function lostTraining({ Error: error, Cause }: TaskFailure): TrainingError | TrainingJobError {
  const said = plainCause(Cause).trim().replace(/\.$/, '');
  const told = said === '' ? error : `${error}: ${said}`;
  return OUT_OF_TIME.includes(error)
    ? new TrainingError(
        `The training was not done within the time that its function has (${told}). Ask for less: fewer trees or runs of ` +
          'the backtest, or fewer series or rows (series.top, series.where, examples.where, examples.sample).',
      )
    : new TrainingJobError(
        `The function that trained it died (${told}), most likely for want of memory. The next delivery tries again; ` +
          'fewer series or rows need less.',
      );
}
