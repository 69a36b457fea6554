import { evaluateCandidates } from '../../core/evaluation/evaluate-candidates.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'evaluateCandidates',
  async ({ time, spec, dataset, runs }, { data, models, metrics, record }) => {
    const { passed, run, reason } = await evaluateCandidates({ data, models, spec, dataset, runs, time });
    metrics(passed ? { GatePassed: 1 } : { GateRefused: 1 });
    await record(passed ? 'gate-passed' : 'gate-refused', reason, { run, dataset });
    return { passed, run, reason };
  },
);
