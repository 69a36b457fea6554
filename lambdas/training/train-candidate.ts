import { trackCandidate } from '../../core/tracking/track-candidate.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep(
  'trainCandidate',
  async (
    { time, spec, dataset, candidate, lost, ...result },
    { data, models, codeDigest, metrics, record },
  ) => {
    const run = await trackCandidate({
      ...{ data, models, spec, dataset, candidate, result, time, codeDigest },
      ...(lost !== undefined && { lost }),
    });
    metrics(run.status === 'succeeded' ? { RunsSucceeded: 1 } : { RunsFailed: 1 });
    await record('trained', `Run ${run.id} of ${run.trainer} ${run.status}`, {
      run: run.id,
      dataset,
      trainer: run.trainer,
      status: run.status,
    });
    return { run: run.id, status: run.status };
  },
);
