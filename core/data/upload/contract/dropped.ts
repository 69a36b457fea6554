import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withDuckDb } from '../../duckdb.ts';
import { identifier, literal } from '../../quote.ts';
import { spreadsheetCell, spreadsheetHeading } from '../../spreadsheet-cells.ts';
import type { Source } from '../reading/source.ts';
import { countOf, parquetOptions } from './staged.ts';
import type { TypedRows } from './typed-rows.ts';

/** Table of the rows that are left out: `o`, their ordinal from 1, and each rule that they break. */
const DROPPED = 'dropped_rows';

/**
 * The same as one bit for each row of the file. Asking a bit keeps the order of rows and needs no memory; a join with
 * the table would do neither.
 */
const BITS = 'dropped_bits';
const isDropped = (fileRowNumber: string): string =>
  `get_bit(getvariable('${BITS}'), CAST(${fileRowNumber} AS INTEGER)) = 1`;
const setBits = (table: string, total: number): string =>
  `SET VARIABLE ${BITS} = coalesce((SELECT bitstring_agg(o, 1, ${total}) FROM ${table}), bitstring('0', ${total}))`;

/** Prepares for leaving rows out. @param total Rows of the file, at least one. */
export async function createDropped(connection: DuckDBConnection, total: number): Promise<void> {
  await connection.run(`CREATE TEMP TABLE ${DROPPED} (o BIGINT, rule VARCHAR)`);
  await connection.run(setBits(DROPPED, total));
}

/**
 * Leaves rows out.
 * @param select A query for their ordinals, from 1, and the rules that they break.
 */
export async function dropRows(connection: DuckDBConnection, select: string, total: number): Promise<void> {
  await connection.run(`INSERT INTO ${DROPPED} ${select}`);
  await connection.run(setBits(DROPPED, total));
}

export const countDropped = (connection: DuckDBConnection): Promise<number> =>
  countOf(connection, `SELECT bit_count(getvariable('${BITS}')) AS n`);

/** SQL for a FROM clause over the staged rows that are still in. */
export const remaining = (staged: string): string =>
  `(SELECT * FROM read_parquet(${literal(staged)}, file_row_number = true) WHERE NOT ${isDropped('file_row_number')})`;

/**
 * Writes the rows that are left out as CSV: their number in the file, the rules they break, and their values, which
 * people look at: the file itself, byte for byte, lies beside it.
 * @param scratch Where their numbers may be written.
 */
export async function writeDropped(
  connection: DuckDBConnection,
  source: Source,
  rows: TypedRows,
  path: string,
  scratch: string,
): Promise<void> {
  await writeNumbers(connection, source, scratch);
  const values = rows.columns.map(
    ({ name, raw }) =>
      `${spreadsheetCell(`CAST(${raw} AS VARCHAR)`)} AS ${identifier(spreadsheetHeading(name))}`,
  );
  await connection.run(`
    COPY (
      SELECT number AS antei_row, rules AS antei_rules, ${values.join(', ')}
      FROM (SELECT * FROM (${rows.select('row_number() OVER () AS o')}) WHERE ${isDropped('o - 1')})
      JOIN read_csv(${literal(scratch)}, auto_detect = false, header = false,
        columns = {o: 'BIGINT', number: 'BIGINT'}) USING (o)
      JOIN (SELECT o, string_agg(rule, ' ' ORDER BY rule) AS rules FROM ${DROPPED} GROUP BY o) USING (o)
      ORDER BY o
    ) TO ${literal(path)} (FORMAT csv, HEADER)`);
}

/** Rows whose numbers are written at once. */
const BATCH = 10_000;

/** Writes the numbers, as the user sees them, of the rows that are left out: as text, which costs the least memory. */
async function writeNumbers(connection: DuckDBConnection, source: Source, path: string): Promise<void> {
  const reader = await connection.runAndReadAll(`SELECT DISTINCT o FROM ${DROPPED} ORDER BY o`);
  const ordinals = (reader.getColumns()[0] ?? []).map(Number);
  const numbers = await source.rowNumbers(ordinals);
  await using file = await open(path, 'w');
  for (let start = 0; start < ordinals.length; start += BATCH) {
    const lines = ordinals
      .slice(start, start + BATCH)
      .map((ordinal, i) => `${ordinal},${numbers[start + i] ?? ordinal}\n`);
    await file.write(lines.join(''));
  }
}

/**
 * Writes the rows that are left, in the order of the file. On one thread: with fewer rows in some pieces than in others,
 * the split into row groups would depend on which piece is done first.
 * @param scratch Where the ordinals of the rows that are left out may be written.
 */
export async function writeRemaining(
  connection: DuckDBConnection,
  staged: string,
  scratch: string,
  { columns, rowBytes }: TypedRows,
  total: number,
  path: string,
): Promise<void> {
  await connection.run(`COPY (SELECT DISTINCT o FROM ${DROPPED}) TO ${literal(scratch)} (FORMAT parquet)`);
  await withDuckDb({ paths: [staged, scratch, path], threads: 1, memory: '300MB' }, async single => {
    await single.run(setBits(`read_parquet(${literal(scratch)})`, total));
    const names = columns.map(({ name }) => identifier(name));
    await single.run(
      `COPY (SELECT ${names.join(', ')} FROM ${remaining(staged)}) TO ${literal(path)} ${parquetOptions(rowBytes)}`,
    );
  });
}
