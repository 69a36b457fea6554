import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { ObjectNotFoundError } from '../../telemetry/errors.ts';
import { type DatasetRecord, datasetRecordSchema } from './dataset-record.ts';

/** The record of a dataset, or undefined when it was never built, or never to the end. */
export async function findDataset(
  data: ObjectStore,
  model: string,
  id: string,
): Promise<DatasetRecord | undefined> {
  const object = await data.get(dataKeys.dataset(model, id, 'dataset.json'));
  return object && datasetRecordSchema.parse(JSON.parse(object.body.toString()));
}

/** The record of a dataset. Throws ObjectNotFoundError when there is no whole dataset of this id. */
export async function loadDataset(data: ObjectStore, model: string, id: string): Promise<DatasetRecord> {
  const record = await findDataset(data, model, id);
  if (record === undefined)
    throw new ObjectNotFoundError(data.url, dataKeys.dataset(model, id, 'dataset.json'));
  return record;
}
