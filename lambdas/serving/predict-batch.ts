import { predictBatch } from '../../core/serving/predict-batch.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep('predictBatch', async ({ time, spec, key }, { data, models, record }) => {
  const { version, keys } = await predictBatch({
    data,
    models,
    spec,
    time,
    ...(key !== undefined && { key }),
  });
  await record('predicted', `Version ${version} wrote ${keys.join(' and ')}`, {
    version,
    keys,
    request: key ?? null,
  });
  return { version, keys };
});
