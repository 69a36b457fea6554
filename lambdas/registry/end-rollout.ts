import { endRollout } from '../../core/registry/rollout.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'endRollout',
  async ({ time, spec, version, reason }, { models, metrics, record }) => {
    const outcome = await endRollout({ models, model: spec.name, version, time, reason });
    if (outcome.ended) metrics({ Rollbacks: 1 });
    // Somebody else ended it: a person, a remedy, a newer version.
    else await record('kept', outcome.reason, { version });
    return { ended: outcome.ended };
  },
);
