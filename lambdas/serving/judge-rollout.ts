import { judgeTrial } from '../../core/serving/rollout/judge-trial.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep('judgeRollout', ({ time, spec, version }, { data, models }) =>
  judgeTrial({ data, models, spec, version, time }),
);
