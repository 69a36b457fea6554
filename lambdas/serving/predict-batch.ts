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
  // New data that nothing has to be predicted from is no news.
  if (version === null) return { version, keys };
  const summary =
    keys.length === 0
      ? `Version ${version} predicts rows when they are asked for`
      : `Version ${version} wrote ${keys.join(' and ')}`;
  await record('predicted', summary, {
    version,
    keys,
    request: key ?? null,
  });
  return { version, keys };
});
