import { worstStaleness } from '../../core/monitoring/staleness.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep('checkFreshness', async ({ time, spec }, { data, metrics }) => {
  const worst = await worstStaleness(data, spec, time);
  if (worst !== undefined) metrics({ DataStaleness: worst.ratio });
  return { staleness: worst?.ratio ?? null };
});
