import { plainCause } from '../../core/telemetry/failure-cause.ts';
import { abortUnfinished } from '../../core/tracking/record-lineage.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'recordFailure',
  async ({ time, model, workflow, error, cause: wrapped }, { models, metrics, record }) => {
    const cause = plainCause(wrapped);
    metrics({ WorkflowFailures: 1 });
    await abortUnfinished({ models, model, time, workflow, error: `${error}: ${cause}` });
    await record('failed', `The ${workflow} workflow failed: ${error}`, { workflow, error, cause });
    return {};
  },
);
