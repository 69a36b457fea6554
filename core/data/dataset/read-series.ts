import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { withDuckDb } from '../duckdb.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier } from '../quote.ts';
import { collectSeries } from '../series/collect-series.ts';
import { periodOf, periodSql, stepOfTime } from '../series/grid.ts';
import type { Series } from '../series.ts';
import { type DatasetRecord, gridOf, PARTS, type PartName, partKey } from './dataset-record.ts';

/**
 * The series of parts of a dataset, the parts joined in the order of time, sorted by key. A series starts at its
 * first row in these parts; the time of a part that is left out between two others is missing.
 */
export async function readSeries(
  data: ObjectStore,
  dataset: DatasetRecord,
  parts: readonly PartName[],
): Promise<Series[]> {
  const asked = PARTS.filter(name => parts.includes(name));
  const last = asked.at(-1);
  if (last === undefined) return [];
  await using files = await materializeAll(
    data,
    asked.map(name => partKey(dataset, name)),
  );
  const grid = gridOf(dataset);
  const { key, time, value } = dataset.columns;
  const step = `${periodSql(identifier(time), grid.every)} - ${periodOf(grid.start, grid.every)}`;
  const end = stepOfTime(grid, new Date(dataset.split[last].to));
  return await withDuckDb({ paths: files.paths }, connection =>
    collectSeries(connection, { from: parquetRows(files.paths), key, step, value }, { ...grid, steps: end }),
  );
}
