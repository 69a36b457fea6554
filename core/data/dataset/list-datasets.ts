import { DATASETS, dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type AnyDataset, anyDatasetSchema, endOfData } from './load-dataset.ts';

/** Every whole dataset of a model, or of all models, oldest data first; those without a time come first of all. */
export async function listDatasets(data: ObjectStore, model?: string): Promise<AnyDataset[]> {
  const datasets: AnyDataset[] = [];
  for await (const { key } of data.list(model === undefined ? DATASETS : dataKeys.datasets(model))) {
    if (!key.endsWith('/dataset.json')) continue;
    const object = await data.get(key);
    if (object !== undefined) datasets.push(anyDatasetSchema.parse(JSON.parse(object.body.toString())));
  }
  const end = (dataset: AnyDataset): number => Date.parse(endOfData(dataset) ?? '1970-01-01');
  return datasets.sort((a, b) => end(a) - end(b) || (a.id < b.id ? -1 : 1));
}
