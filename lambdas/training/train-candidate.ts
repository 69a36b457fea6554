import { sha256OfFile } from '../../core/storage/digest.ts';
import { trackCandidate } from '../../core/tracking/track-candidate.ts';
import { defineStep } from '../step.ts';

/** The bundle holds all of the code that trains, libraries included: its digest is the code's version. */
const codeDigest = await sha256OfFile(import.meta.filename);

export const handler = defineStep(
  'trainCandidate',
  async ({ time, spec, dataset, candidate, ...result }, { data, models, metrics, record }) => {
    const run = await trackCandidate({ data, models, spec, dataset, candidate, result, time, codeDigest });
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
