import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../quote.ts';
import { EXAMPLES, type Example } from '../verdict.ts';
import type { TypedRows } from './typed-rows.ts';

/** Fixed, so that the same rows give the same bytes whatever the number of threads. */
export const PARQUET = '(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)';

/** The rows of the file in the contract's types: rules about many rows run on them. */
export interface Staged {
  readonly connection: DuckDBConnection;
  /** SQL for a FROM clause; `file_row_number` counts the rows of the file from 0. */
  readonly from: string;
  /** Contract columns that the file has. */
  readonly columns: ReadonlySet<string>;
  readonly rowNumbers: (ordinals: readonly number[]) => Promise<number[]>;
}

/** Writes the typed rows as Parquet. Values that their type does not allow are NULL there. */
export async function stage(connection: DuckDBConnection, rows: TypedRows, path: string): Promise<void> {
  const columns = rows.columns.map(({ name, value }) => `${value} AS ${identifier(name)}`);
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM (${rows.select()})) TO ${literal(path)} ${PARQUET}`,
  );
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
