import { type DatasetRecord, gridOf, PARTS, type PartName } from '../data/dataset/dataset-record.ts';
import { readSeries } from '../data/dataset/read-series.ts';
import { type Grid, stepOfTime } from '../data/series/grid.ts';
import type { Series } from '../data/series.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** Series that all begin at the start of the dataset's grid, so that one index is one period in each of them. */
export interface GridSeries {
  readonly series: readonly Series[];
  readonly grid: Grid;
  /** First step and the step after the last, for each part. */
  readonly parts: Readonly<Record<PartName, { readonly from: number; readonly to: number }>>;
}

/** The series of a dataset from its beginning to the end of a part. Periods before a series begins are missing. */
export async function readGridSeries(
  data: ObjectStore,
  dataset: DatasetRecord,
  until: PartName,
): Promise<GridSeries> {
  const grid = gridOf(dataset);
  const range = (part: PartName) => ({
    from: stepOfTime(grid, new Date(dataset.split[part].from)),
    to: stepOfTime(grid, new Date(dataset.split[part].to)),
  });
  const series = await readSeries(data, dataset, PARTS.slice(0, PARTS.indexOf(until) + 1));
  return {
    grid,
    parts: { train: range('train'), validation: range('validation'), test: range('test') },
    series: series.map(({ key, start, values }) => {
      const late = stepOfTime(grid, start);
      const padded = new Float64Array(late + values.length).fill(Number.NaN);
      padded.set(values, late);
      return { key, start: grid.start, values: padded };
    }),
  };
}
