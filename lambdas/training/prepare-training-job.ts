import { sha256OfFile } from '../../core/storage/digest.ts';
import { ownNames } from '../../core/telemetry/environment.ts';
import { prepareJob } from '../../core/training/script/prepare-job.ts';
import { defineStep } from '../step.ts';

/** The bundle holds all of the code that writes what scripts read: another code is another script's data. */
const codeDigest = await sha256OfFile(import.meta.filename);

export const handler = defineStep('prepareTrainingJob', (input, { data, models }) =>
  prepareJob({ data, models, codeDigest, ...input }, ownNames().trainingJobs),
);
