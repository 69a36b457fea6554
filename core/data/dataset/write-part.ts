import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { identifier, literal } from '../quote.ts';
import { type Grid, stepOfTime, timeOfStep } from '../series/grid.ts';
import type { Series } from '../series.ts';
import type { DatasetRecord } from './dataset-record.ts';

/** Rows per chunk that DuckDB takes. */
const CHUNK = 2048;

/**
 * Writes series as Parquet: the columns of the key as VARCHAR, time as TIMESTAMP, value as DOUBLE, null where it is
 * missing; one row per series and step, in the order of key and time. The connection must have one thread, so that
 * equal series give equal bytes.
 */
export async function writePart(
  connection: DuckDBConnection,
  series: readonly Series[],
  columns: DatasetRecord['columns'],
  grid: Grid,
  path: string,
): Promise<void> {
  const key = columns.key.map((_, i) => `key_${i}`);
  await connection.run(`
    CREATE TEMP TABLE part_series (id INTEGER${key.map(name => `, ${name} VARCHAR`).join('')});
    CREATE TEMP TABLE part_values (id INTEGER, step INTEGER, value DOUBLE);
    CREATE TEMP TABLE part_steps (step INTEGER, time DOUBLE);
  `);
  try {
    await append(connection, 'part_series', [INTEGER, ...key.map(() => VARCHAR)], keysOf(series));
    await append(connection, 'part_values', [INTEGER, INTEGER, DOUBLE], valuesOf(series, grid));
    await append(connection, 'part_steps', [INTEGER, DOUBLE], stepsOf(grid));
    const keys = key.map((name, i) => `${name} AS ${identifier(columns.key[i] ?? name)}, `).join('');
    const time = `make_timestamp_ms(time::BIGINT) AS ${identifier(columns.time)}`;
    await connection.run(`
      COPY (
        SELECT ${keys}${time}, value AS ${identifier(columns.value)}
        FROM part_values JOIN part_series USING (id) JOIN part_steps USING (step) ORDER BY id, step
      ) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)
    `);
  } finally {
    await connection.run('DROP TABLE part_series; DROP TABLE part_values; DROP TABLE part_steps');
  }
}

type Cell = string | number | null;

function* keysOf(series: readonly Series[]): Iterable<Cell[]> {
  for (const [id, { key }] of series.entries()) yield [id, ...key];
}

function* valuesOf(series: readonly Series[], grid: Grid): Iterable<Cell[]> {
  for (const [id, { start, values }] of series.entries()) {
    const first = stepOfTime(grid, start);
    for (const [i, value] of values.entries()) yield [id, first + i, Number.isNaN(value) ? null : value];
  }
}

function* stepsOf(grid: Grid): Iterable<Cell[]> {
  for (let step = 0; step < grid.steps; step++) yield [step, timeOfStep(grid, step).getTime()];
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
