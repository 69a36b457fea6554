import { rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '../../../telemetry/errors.ts';
import { identifier, literal } from '../../quote.ts';
import type { ValueCounts } from '../statistics/value-counts.ts';
import { EXAMPLES, type Example } from '../verdict.ts';
import { LINE, type TypedRows } from './typed-rows.ts';

/** DuckDB's own size of a row group: the most rows that one may have. */
const MOST_ROWS = 122_880;

/** Rows that DuckDB hands on together: it cannot write fewer. */
const VECTOR = 2048;

/** Bytes of a row group before compression: a few of them are in memory at a time. */
const GROUP_BYTES = 32 * 1024 ** 2;

/**
 * How a part is written. Every choice follows from the file alone, so that the same file gives the same bytes whatever
 * the machine and the number of threads.
 * @param rowBytes Average size of a row in the file.
 */
export function parquetOptions(rowBytes: number): string {
  const rows = Math.floor(GROUP_BYTES / Math.max(rowBytes, 1) / VECTOR) * VECTOR;
  const size = Math.min(Math.max(rows, VECTOR), MOST_ROWS);
  return `(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${size})`;
}

/** The rows of the file in the contract's types: rules about many rows run on them. */
export interface Staged {
  readonly connection: DuckDBConnection;
  /** SQL for a FROM clause; `file_row_number` counts the rows of the file from 0. */
  readonly from: string;
  /** Contract columns that the file has. */
  readonly columns: ReadonlySet<string>;
  /** Of the values of these rows, where they were counted. */
  readonly counts: ValueCounts;
  readonly rowNumbers: (ordinals: readonly number[]) => Promise<number[]>;
}

/** Writes the typed rows as Parquet. Values that their type does not allow are NULL there. */
export async function stage(connection: DuckDBConnection, rows: TypedRows, path: string): Promise<void> {
  const columns = rows.columns.map(({ name, value }) => `${value} AS ${identifier(name)}`);
  await copyRows(connection, rows, columns, path);
}

const MISFIT = 'antei: a value does not fit its type';

/**
 * Writes the typed rows as Parquet, unless a value does not fit its type or a line cannot be parsed. Most files hold
 * no such thing, and need not be converted twice: once to count what does not fit, and once to write what does.
 * @returns Whether it was written.
 */
export async function stageIfTyped(
  connection: DuckDBConnection,
  rows: TypedRows,
  path: string,
): Promise<boolean> {
  const misfits = rows.columns.flatMap(({ raw, value, verbatim }) =>
    verbatim ? [] : [`(${raw} IS NOT NULL AND ${value} IS NULL)`],
  );
  if (rows.lines) misfits.push(`NOT ${LINE.whole}`);
  // One column asks for all of them: asking in each would copy each.
  const columns = rows.columns.map(({ name, value }, i) => {
    const guarded = `CASE WHEN ${misfits.join(' OR ')} THEN error(${literal(MISFIT)}) ELSE ${value} END`;
    return `${i === 0 && misfits.length > 0 ? guarded : value} AS ${identifier(name)}`;
  });
  try {
    await copyRows(connection, rows, columns, path);
    return true;
  } catch (error) {
    if (!messageOf(error).includes(MISFIT)) throw error;
    await rm(path, { force: true });
    return false;
  }
}

const copyRows = async (
  connection: DuckDBConnection,
  rows: TypedRows,
  columns: readonly string[],
  path: string,
): Promise<void> => {
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM (${rows.select()})) TO ${literal(path)} ${parquetOptions(rows.rowBytes)}`,
  );
};

/** A query over what `stageIfTyped` has written, with the names that rules about single rows use. */
export function selectStaged({ columns }: TypedRows, path: string): string {
  const values = columns.flatMap(({ name, raw, value }) => [
    `${identifier(name)} AS ${raw}`,
    `${identifier(name)} AS ${value}`,
  ]);
  return `SELECT ${values.join(', ')}, true AS ${LINE.whole} FROM read_parquet(${literal(path)})`;
}

/** The only row of a query whose columns are numbers or text. */
export async function oneRow(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson()[0] ?? {};
}

/** The number that a query of one row and the column `n` gives. */
export const countOf = async (connection: DuckDBConnection, sql: string): Promise<number> =>
  Number((await oneRow(connection, sql)).n);

/**
 * The first rows that a query selects, as examples.
 * @param select A query with the columns `o` (file_row_number) and `v` (what to show).
 */
export async function examplesFrom({ connection, rowNumbers }: Staged, select: string): Promise<Example[]> {
  const reader = await connection.runAndReadAll(
    `SELECT o + 1 AS o, left(CAST(v AS VARCHAR), 200) AS v FROM (${select}) ORDER BY o LIMIT ${EXAMPLES}`,
  );
  const found = reader.getRowObjectsJson();
  const numbers = await rowNumbers(found.map(({ o }) => Number(o)));
  return found.map(({ o, v }, i) => ({
    row: numbers[i] ?? Number(o),
    value: typeof v === 'string' ? v : null,
  }));
}
