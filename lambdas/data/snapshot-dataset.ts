import { snapshot } from '../../core/data/dataset/snapshot.ts';
import { writeReference } from '../../core/monitoring/drift/write-reference.ts';
import { candidatesOf } from '../../core/training/candidates.ts';
import { keepBrought } from '../../core/training/onnx/brought-files.ts';
import { defineStep } from '../step.ts';

export const handler = defineStep('snapshotDataset', async ({ time, spec }, { data, models, record }) => {
  const dataset = await snapshot({ data, spec, time });
  await writeReference(data, spec, dataset);
  const { train, validation, test } = dataset.rows;
  await record('dataset-built', `Dataset ${dataset.id}: ${train} + ${validation} + ${test} rows`, {
    dataset: dataset.id,
    rows: dataset.rows,
  });
  return { dataset: dataset.id, candidates: await keepBrought(models, spec.name, candidatesOf(spec)) };
});
