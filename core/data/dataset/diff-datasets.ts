import type { ObjectStore } from '../../storage/object-store.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { diffExamples, type ExamplesDiff } from './diff-examples.ts';
import { diffSeries, type SeriesDiff } from './diff-series.ts';
import type { AnyDataset } from './load-dataset.ts';

export type DatasetDiff = SeriesDiff | ExamplesDiff;

/**
 * What changed from one dataset to another of the same kind.
 * @throws DatasetError when one holds series and the other examples.
 */
export async function diffDatasets(
  data: ObjectStore,
  before: AnyDataset,
  after: AnyDataset,
): Promise<DatasetDiff> {
  if (before.task === 'forecasting' && after.task === 'forecasting') return diffSeries(data, before, after);
  if (before.task !== 'forecasting' && after.task !== 'forecasting') return diffExamples(data, before, after);
  throw new DatasetError(
    `Dataset ${before.id} is of a ${before.task} and ${after.id} of a ${after.task}: series and examples cannot be ` +
      'compared. Choose two datasets of one model.',
  );
}
