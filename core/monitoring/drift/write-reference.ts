import type { AnyDataset } from '../../data/dataset/load-dataset.ts';
import { cycleOf } from '../../spec/learning.ts';
import { isTabular, type Spec } from '../../spec/schema.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { writeRowReference } from './write-row-reference.ts';
import { writeSeriesReference } from './write-series-reference.ts';

/**
 * Writes what windows are compared with, from a dataset that is whole. It is read once for that, and by no window. A
 * reference that is there stays as it is: equal datasets have equal ones.
 */
export async function writeReference(data: ObjectStore, spec: Spec, dataset: AnyDataset): Promise<void> {
  if (dataset.task !== 'forecasting') await writeRowReference(data, dataset, cycleOf(spec.monitoring));
  else if (!isTabular(spec)) await writeSeriesReference(data, spec, dataset);
}
