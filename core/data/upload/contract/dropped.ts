import type { DuckDBConnection } from '@duckdb/node-api';
import { withDuckDb } from '../../duckdb.ts';
import { identifier, literal } from '../../quote.ts';
import type { Source } from '../reading/source.ts';
import { countOf, PARQUET } from './staged.ts';
import type { TypedRows } from './typed-rows.ts';

/** Table of the rows that are left out: `o`, their ordinal from 1, and each rule that they break. */
export const DROPPED = 'dropped_rows';

export const createDropped = async (connection: DuckDBConnection): Promise<void> => {
  await connection.run(`CREATE TEMP TABLE ${DROPPED} (o BIGINT, rule VARCHAR)`);
};

export const countDropped = (connection: DuckDBConnection): Promise<number> =>
  countOf(connection, `SELECT count(DISTINCT o) AS n FROM ${DROPPED}`);

/** SQL for a FROM clause over the staged rows that are still in. */
export const remaining = (staged: string): string =>
  `(SELECT * FROM read_parquet(${literal(staged)}, file_row_number = true) AS s
    WHERE NOT EXISTS (SELECT 1 FROM ${DROPPED} AS d WHERE d.o = s.file_row_number + 1))`;

/**
 * Writes the rows that are left out as CSV: their number in the file, the rules they break, and their values as the
 * file has them.
 */
export async function writeDropped(
  connection: DuckDBConnection,
  source: Source,
  rows: TypedRows,
  path: string,
): Promise<void> {
  const reader = await connection.runAndReadAll(`SELECT DISTINCT o FROM ${DROPPED} ORDER BY o`);
  const ordinals = reader.getRowsJson().map(([o]) => Number(o));
  const numbers = await source.rowNumbers(ordinals);
  await connection.run('CREATE TEMP TABLE row_numbers (o BIGINT, number BIGINT)');
  const appender = await connection.createAppender('row_numbers');
  for (const [i, ordinal] of ordinals.entries()) {
    appender.appendBigInt(BigInt(ordinal));
    appender.appendBigInt(BigInt(numbers[i] ?? ordinal));
    appender.endRow();
  }
  appender.closeSync();
  const values = rows.columns.map(({ name, raw }) => `CAST(${raw} AS VARCHAR) AS ${identifier(name)}`);
  await connection.run(`
    COPY (
      SELECT number AS antei_row, rules AS antei_rules, ${values.join(', ')}
      FROM (${rows.select('row_number() OVER () AS o')})
      JOIN row_numbers USING (o)
      JOIN (SELECT o, string_agg(rule, ' ' ORDER BY rule) AS rules FROM ${DROPPED} GROUP BY o) USING (o)
      ORDER BY o
    ) TO ${literal(path)} (FORMAT csv, HEADER)`);
}

/**
 * Writes the rows that are left. In the order of the file by sorting, and on one thread: the join that leaves rows out
 * keeps no order, and a filter makes the split into row groups depend on the threads.
 * @param workspace Directory for what the sorting cannot hold in memory.
 */
export async function writeRemaining(
  connection: DuckDBConnection,
  staged: string,
  dropped: string,
  columns: readonly string[],
  path: string,
  workspace: string,
): Promise<void> {
  await connection.run(`COPY (SELECT DISTINCT o FROM ${DROPPED}) TO ${literal(dropped)} (FORMAT parquet)`);
  await withDuckDb(
    { paths: [staged, dropped, path], threads: 1, memory: '300MB', workspace },
    async single => {
      await single.run(`COPY (
      SELECT ${columns.map(identifier).join(', ')}
      FROM read_parquet(${literal(staged)}, file_row_number = true) AS s
      WHERE NOT EXISTS (SELECT 1 FROM read_parquet(${literal(dropped)}) AS d WHERE d.o = s.file_row_number + 1)
      ORDER BY file_row_number
    ) TO ${literal(path)} ${PARQUET}`);
    },
  );
}
