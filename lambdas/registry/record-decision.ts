import { recordDecision } from '../../core/registry/approval.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep('recordDecision', async ({ time, spec, version, answer }, { models }) => {
  const { approved } = await recordDecision({ models, model: spec.name, version, time, answer });
  return { approved, time };
});
