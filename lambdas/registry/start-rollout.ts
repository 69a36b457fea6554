import { startRollout } from '../../core/registry/rollout.ts';
import { judgedAt } from '../../core/serving/rollout/judge-trial.ts';
import { trialOf } from '../../core/spec/release.ts';
import { InvalidInputError } from '../../core/telemetry/errors.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep('startRollout', async ({ time, spec, version }, { models }) => {
  const plan = trialOf(spec);
  if (plan === undefined) throw new InvalidInputError(`The spec of ${spec.name} asks for no trial.`);
  const { mode, percent } = plan;
  const { since } = await startRollout({ models, model: spec.name, version, mode, percent, time });
  return { started: since !== null, until: since === null ? time : judgedAt(plan, since) };
});
