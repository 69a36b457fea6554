import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { findDataset } from './load-dataset.ts';

/** All whole datasets of a model, by the end of their data, then by id. */
export async function listDatasets(data: ObjectStore, model: string): Promise<DatasetRecord[]> {
  const prefix = dataKeys.datasets(model);
  const datasets: DatasetRecord[] = [];
  for await (const { key } of data.list(prefix)) {
    const [id = '', name] = key.slice(prefix.length).split('/');
    const dataset = name === 'dataset.json' ? await findDataset(data, model, id) : undefined;
    if (dataset !== undefined) datasets.push(dataset);
  }
  const order = ({ grid, id }: DatasetRecord): string => `${grid.end} ${id}`;
  return datasets.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
