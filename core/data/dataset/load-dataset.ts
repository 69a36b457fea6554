import * as z from 'zod';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { ObjectNotFoundError } from '../../telemetry/errors.ts';
import { type DatasetRecord, datasetRecordSchema } from './dataset-record.ts';
import { type ExamplesRecord, examplesRecordSchema } from './examples-record.ts';

/** The record of a dataset of any task. */
export const anyDatasetSchema = z.discriminatedUnion('task', [datasetRecordSchema, examplesRecordSchema]);

export type AnyDataset = z.output<typeof anyDatasetSchema>;

async function findAny(data: ObjectStore, model: string, id: string): Promise<AnyDataset | undefined> {
  const object = await data.get(dataKeys.dataset(model, id, 'dataset.json'));
  return object && anyDatasetSchema.parse(JSON.parse(object.body.toString()));
}

/** The record of a dataset of series, or undefined when it was never built, or never to the end. */
export async function findDataset(
  data: ObjectStore,
  model: string,
  id: string,
): Promise<DatasetRecord | undefined> {
  const record = await findAny(data, model, id);
  return record?.task === 'forecasting' ? record : undefined;
}

/** The record of a dataset. Throws ObjectNotFoundError when there is no whole dataset of this id. */
export async function loadAnyDataset(data: ObjectStore, model: string, id: string): Promise<AnyDataset> {
  return (await findAny(data, model, id)) ?? missing(data, model, id);
}

/** The record of a dataset of series. Throws ObjectNotFoundError as `loadAnyDataset` does. */
export async function loadDataset(data: ObjectStore, model: string, id: string): Promise<DatasetRecord> {
  return (await findDataset(data, model, id)) ?? missing(data, model, id);
}

/** The record of a dataset of examples. Throws ObjectNotFoundError as `loadAnyDataset` does. */
export async function loadExamples(data: ObjectStore, model: string, id: string): Promise<ExamplesRecord> {
  const record = await findAny(data, model, id);
  return record === undefined || record.task === 'forecasting' ? missing(data, model, id) : record;
}

function missing(data: ObjectStore, model: string, id: string): never {
  throw new ObjectNotFoundError(data.url, dataKeys.dataset(model, id, 'dataset.json'));
}

/** End of the time that a dataset covers, as ISO 8601 in UTC; undefined for examples that were not split by time. */
export function endOfData(dataset: AnyDataset): string | undefined {
  if (dataset.task === 'forecasting') return dataset.grid.end;
  return dataset.split.by === 'time' ? dataset.split.ranges.test.to : undefined;
}
