import * as z from 'zod';
import { PARTS, perPart } from '../data/dataset/dataset-record.ts';
import { dataKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** What every dataset says of its files, whatever it holds. */
const filesSchema = z.object({ files: perPart(z.string()) });

/** The Parquet files of a dataset by key, with the SHA-256 that they were written with; undefined without a dataset. */
export async function datasetFiles(
  data: ObjectStore,
  model: string,
  dataset: string,
): Promise<{ readonly key: string; readonly sha256: string }[] | undefined> {
  const object = await data.get(dataKeys.dataset(model, dataset, 'dataset.json'));
  if (object === undefined) return undefined;
  const { files } = filesSchema.parse(JSON.parse(object.body.toString()));
  return PARTS.map(part => ({
    key: dataKeys.dataset(model, dataset, `${part}.parquet`),
    sha256: files[part],
  }));
}
