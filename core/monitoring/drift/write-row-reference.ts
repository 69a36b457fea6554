import { PARTS, partKey } from '../../data/dataset/dataset-record.ts';
import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import { readColumns } from '../../data/dataset/read-examples.ts';
import { withDuckDb } from '../../data/duckdb.ts';
import { parquetRows } from '../../data/parquet-rows.ts';
import { identifier } from '../../data/quote.ts';
import type { Cycle } from '../../spec/learning.ts';
import { canonicalJson } from '../../storage/digest.ts';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import { type RowReference, rowReferenceKey } from './reference-record.ts';
import { CELLS, cellsAt } from './season-cells.ts';
import { sketchColumn } from './sketch-column.ts';

/** A name with spaces, which no column of a dataset has. */
const MOMENT = 'moment of the row';

/**
 * Writes the reference of a dataset of examples: sketches of its features over all three parts, which is what the
 * version built on it has learned from and was judged by, in the order of time. One that is there stays as it is.
 */
export async function writeRowReference(
  data: ObjectStore,
  dataset: ExamplesRecord,
  season: Cycle | undefined,
): Promise<void> {
  const key = rowReferenceKey(dataset.model, dataset.id, season);
  if ((await data.head(key)) !== undefined) return;
  const { features, time, id } = dataset.columns;
  const rows = PARTS.reduce((sum, part) => sum + dataset.rows[part], 0);
  await using files = await materializeAll(
    data,
    PARTS.map(part => partKey(dataset, part)),
  );
  await using scratch = await scratchFolder('reference');
  const options = { paths: files.paths, threads: 1, workspace: scratch.path };
  const sketches = await withDuckDb(options, async connection => {
    const moment = time === undefined ? 'NULL' : `epoch_ms(${identifier(time)})`;
    const order = [...(time === undefined ? [] : [time]), ...id.map(({ name }) => name)].map(identifier);
    await connection.run(`
      CREATE TEMP TABLE reference AS
      SELECT ${features.map(({ name }) => identifier(name)).join(', ')}, ${moment}::DOUBLE AS ${identifier(MOMENT)}
      FROM ${parquetRows(files.paths)} ORDER BY ${order.join(', ')}
    `);
    const [moments] = await readColumns(connection, 'reference', rows, [{ name: MOMENT, kind: 'number' }]);
    const cells = season && moments?.kind === 'numeric' ? cellsAt(season, moments.values) : undefined;
    const sketched: RowReference['features'] = [];
    // One column at a time is in memory.
    for (const feature of features) {
      const [column] = await readColumns(connection, 'reference', rows, [feature]);
      if (column !== undefined) {
        const sketch = sketchColumn(column, cells, season && CELLS[season]);
        sketched.push({ name: feature.name, sketch });
      }
    }
    return sketched;
  });
  const reference: RowReference = { dataset: dataset.id, rows, season: season ?? null, features: sketches };
  await data.put(key, canonicalJson(reference));
}
