import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../duckdb.ts';
import { EXAMPLES, type Example } from '../verdict.ts';
import type { TypedRows } from './typed-columns.ts';

/** Fixed, so that the same rows give the same bytes whatever the number of threads. */
export const PARQUET = '(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)';

/** All rows of the file in the contract's types, as a Parquet file: rules about many rows run on it. */
export interface Staged {
  readonly connection: DuckDBConnection;
  readonly path: string;
  /** Contract columns that it has. */
  readonly columns: ReadonlySet<string>;
  readonly total: number;
  /** Rows as the user sees them, for ordinals from 1. */
  readonly rowNumbers: (ordinals: readonly number[]) => Promise<Map<number, number>>;
}

/** Writes the typed rows. Values that their type does not allow are NULL there. */
export async function stage(connection: DuckDBConnection, rows: TypedRows, path: string): Promise<void> {
  const columns = rows.columns.map(({ name, value }) => `${value} AS ${identifier(name)}`);
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM (${rows.select()})) TO ${literal(path)} ${PARQUET}`,
  );
}

/** SQL for a FROM clause over the staged rows. */
export const stagedRows = ({ path }: Staged): string =>
  `read_parquet(${literal(path)}, file_row_number = true)`;

/** Runs a query whose columns are numbers or text, and returns its only row. */
export async function oneRow(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson()[0] ?? {};
}

/**
 * The first rows that a query selects, as examples.
 * @param select A query with the columns `o` (file_row_number, from 0) and `v` (text to show).
 */
export async function examplesFrom({ connection, rowNumbers }: Staged, select: string): Promise<Example[]> {
  const reader = await connection.runAndReadAll(
    `SELECT o + 1 AS o, left(CAST(v AS VARCHAR), 200) AS v FROM (${select}) ORDER BY o LIMIT ${EXAMPLES}`,
  );
  const found = reader
    .getRowObjectsJson()
    .map(({ o, v }) => ({ ordinal: Number(o), value: typeof v === 'string' ? v : null }));
  const numbers = await rowNumbers(found.map(({ ordinal }) => ordinal));
  return found.map(({ ordinal, value }) => ({ row: numbers.get(ordinal) ?? ordinal, value }));
}
