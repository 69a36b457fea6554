import { awaitDecision } from '../../core/registry/approval.ts';
import { defineStep } from '../step.ts';

/** The token is the right to decide: it is kept where deciders find it, and goes nowhere else. */
export const handler = defineStep('awaitDecision', async ({ spec, version, token }, { models }) => {
  await awaitDecision({ models, model: spec.name, version, token });
  return {};
});
