import { partKey } from '../../data/dataset/dataset-record.ts';
import type { ExamplesRecord } from '../../data/dataset/examples-record.ts';
import { withDuckDb } from '../../data/duckdb.ts';
import { parquetRows } from '../../data/parquet-rows.ts';
import { identifier, literal } from '../../data/quote.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { Channel } from './job-contract.ts';

/**
 * Writes a part as CSV (RFC 4180, UTF-8, header, line feeds): the features in the order of the spec under their names,
 * then the target (called `target`, or `target_` where a feature has that name), with the examples in the order of the
 * dataset. Numbers are written so that they read back as the
 * same double, true and false as features 1 and 0, as the dataset has them; what is missing is an empty field, and a
 * text that is empty is quoted. Equal parts give equal bytes.
 */
export async function writeChannel(
  data: ObjectStore,
  dataset: ExamplesRecord,
  channel: Channel,
  path: string,
): Promise<void> {
  const { features, target } = dataset.columns;
  const columns = [...features, target].map(({ name }) => identifier(name));
  await using part = await data.materialize(partKey(dataset, channel));
  await withDuckDb({ paths: [part.path, path], threads: 1 }, connection =>
    connection.run(`
      COPY (SELECT ${columns.join(', ')} FROM ${parquetRows([part.path])})
      TO ${literal(path)} (FORMAT csv, HEADER, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR '')
    `),
  );
}
