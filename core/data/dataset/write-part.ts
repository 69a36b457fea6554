import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { identifier, literal } from '../duckdb.ts';
import type { Series } from '../series.ts';
import type { DatasetRecord } from './dataset-record.ts';

/** Rows per chunk that DuckDB takes. */
const CHUNK = 2048;

/**
 * Writes series as Parquet: the columns of the key as VARCHAR, time as TIMESTAMP, value as DOUBLE, null where it is
 * missing; one row per series and step in the order of key and time. The connection must have one thread, so that
 * equal series give equal bytes.
 */
export async function writePart(
  connection: DuckDBConnection,
  series: readonly Series[],
  columns: DatasetRecord['columns'],
  timeOf: (series: Series, step: number) => Date,
  path: string,
): Promise<void> {
  const key = columns.key.map((_, i) => `key_${i}`);
  await connection.run(`
    CREATE TEMP TABLE part_series (id INTEGER${key.map(name => `, ${name} VARCHAR`).join('')});
    CREATE TEMP TABLE part_rows (id INTEGER, time DOUBLE, value DOUBLE);
  `);
  try {
    await append(connection, 'part_series', [INTEGER, ...key.map(() => VARCHAR)], seriesRows(series));
    await append(connection, 'part_rows', [INTEGER, DOUBLE, DOUBLE], valueRows(series, timeOf));
    const keys = key.map((name, i) => `${name} AS ${identifier(columns.key[i] ?? name)}, `).join('');
    await connection.run(`
      COPY (
        SELECT ${keys}make_timestamp_ms(time::BIGINT) AS ${identifier(columns.time)}, value AS ${identifier(columns.value)}
        FROM part_rows JOIN part_series USING (id) ORDER BY id, time
      ) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)
    `);
  } finally {
    await connection.run('DROP TABLE part_series; DROP TABLE part_rows');
  }
}

type Cell = string | number | null;

function* seriesRows(series: readonly Series[]): Iterable<Cell[]> {
  for (const [id, { key }] of series.entries()) yield [id, ...key];
}

function* valueRows(
  series: readonly Series[],
  timeOf: (series: Series, step: number) => Date,
): Iterable<Cell[]> {
  for (const [id, one] of series.entries()) {
    for (const [step, value] of one.values.entries()) {
      yield [id, timeOf(one, step).getTime(), Number.isNaN(value) ? null : value];
    }
  }
}

async function append(
  connection: DuckDBConnection,
  table: string,
  types: readonly DuckDBType[],
  rows: Iterable<Cell[]>,
): Promise<void> {
  const appender = await connection.createAppender(table);
  let pending: Cell[][] = [];
  const flush = (): void => {
    const chunk = DuckDBDataChunk.create(types, pending.length);
    chunk.setRows(pending);
    appender.appendDataChunk(chunk);
    pending = [];
  };
  for (const row of rows) {
    if (pending.push(row) === CHUNK) flush();
  }
  if (pending.length > 0) flush();
  appender.closeSync();
}
