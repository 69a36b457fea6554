import { plainCause } from '../../core/telemetry/failure-cause.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'recordFailure',
  async ({ workflow, error, cause }, { metrics, record }) => {
    metrics({ WorkflowFailures: 1 });
    await record('failed', `The ${workflow} workflow failed: ${error}`, {
      workflow,
      error,
      cause: plainCause(cause),
    });
    return {};
  },
);
