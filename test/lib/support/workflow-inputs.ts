import { packSpec } from '../../../core/spec/packed-spec.ts';
import type { StepName } from '../../../core/workflow/steps.ts';
import { departures } from './synthesize.ts';

/** The spec of the model `departures`, as its parameter holds it. */
export const SPEC = packSpec(departures);
/** Of the event that starts a workflow. */
export const TIME = '2001-06-01T08:30:00Z';
/** What SSM answers. */
export const PARAMETER = { Parameter: { Name: '/antei/models/departures', Value: SPEC } };

/** A failure of a task, as Step Functions names it. */
export const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** The step that each task does. */
export const STEPS: Readonly<Record<string, StepName>> = {
  'Validate upload': 'validateUpload',
  'Snapshot dataset': 'snapshotDataset',
  'Prepare training job': 'prepareTrainingJob',
  'Train candidate': 'trainCandidate',
  'Give candidate up': 'trainCandidate',
  'Evaluate candidates': 'evaluateCandidates',
  'Register version': 'registerVersion',
  'Request approval': 'requestApproval',
  'Wait for approval': 'awaitDecision',
  'Record decision': 'recordDecision',
  'Start rollout': 'startRollout',
  'Judge rollout': 'judgeRollout',
  'Take version back': 'endRollout',
  'Promote version': 'promoteVersion',
  'Predict batch': 'predictBatch',
  'Measure window': 'measureWindow',
  'Check freshness': 'checkFreshness',
  'Choose remedy': 'chooseRemedy',
  'Roll back production': 'rollBack',
  'Record remedy': 'recordRemedy',
  'Record failure': 'recordFailure',
};
