import { DATASETS, dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type DatasetRecord, datasetRecordSchema } from './dataset-record.ts';

/** Every whole dataset of a model, or of all models, oldest data first. */
export async function listDatasets(data: ObjectStore, model?: string): Promise<DatasetRecord[]> {
  const datasets: DatasetRecord[] = [];
  for await (const { key } of data.list(model === undefined ? DATASETS : dataKeys.datasets(model))) {
    if (!key.endsWith('/dataset.json')) continue;
    const object = await data.get(key);
    if (object !== undefined) datasets.push(datasetRecordSchema.parse(JSON.parse(object.body.toString())));
  }
  return datasets.sort((a, b) => Date.parse(a.grid.end) - Date.parse(b.grid.end) || (a.id < b.id ? -1 : 1));
}
