import { isTabular, type Spec } from '../../spec/schema.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { AnyDataset } from './load-dataset.ts';
import { snapshotDataset } from './snapshot-dataset.ts';
import { snapshotExamples } from './snapshot-examples.ts';

/**
 * The dataset of a model from the parts accepted so far: series or examples, as its task asks.
 * @throws DatasetError and LeakageError as `snapshotDataset` and `snapshotExamples` do.
 */
export async function snapshot({
  data,
  spec,
  time,
}: {
  readonly data: ObjectStore;
  readonly spec: Spec;
  readonly time: string;
}): Promise<AnyDataset> {
  return isTabular(spec) ? snapshotExamples({ data, spec }) : snapshotDataset({ data, spec, time });
}
