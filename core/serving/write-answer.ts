import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { spreadsheetCell, spreadsheetHeading } from '../data/spreadsheet-cells.ts';
import { zonedTextSql } from '../data/zone-sql.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** Where an answer goes. */
export interface AnswerKeys {
  readonly parquet: string;
  readonly csv: string;
}

interface AnswerFiles {
  readonly data: ObjectStore;
  readonly keys: AnswerKeys;
  /** A directory that the DuckDB may write to. */
  readonly folder: string;
  /**
   * The zone by whose clocks the CSV writes moments (TIMESTAMPTZ), with their offset.
   * @default UTC
   */
  readonly zone?: string | undefined;
}

/**
 * Stores a table of a DuckDB as Parquet and as CSV, in its own order. With one thread, equal tables give equal bytes.
 *
 * In the CSV, text that a spreadsheet would run as a formula gets an apostrophe in front. Numbers stay as they are, and
 * so does everything in the Parquet file.
 */
export async function writeAnswer(
  connection: DuckDBConnection,
  table: string,
  { data, keys, folder, zone = 'UTC' }: AnswerFiles,
): Promise<void> {
  const [parquet, csv] = [join(folder, 'answer.parquet'), join(folder, 'answer.csv')];
  const described = await connection.runAndReadAll(`DESCRIBE ${table}`);
  const cells = described.getRowsJS().map(([name, type]) => {
    const column = identifier(String(name));
    return `${cellSql(column, String(type), zone)} AS ${identifier(spreadsheetHeading(String(name)))}`;
  });
  await connection.run(`COPY ${table} TO ${literal(parquet)} (FORMAT parquet, COMPRESSION zstd)`);
  await connection.run(
    `COPY (SELECT ${cells.join(', ')} FROM ${table}) TO ${literal(csv)} (FORMAT csv, HEADER)`,
  );
  await data.putFile(keys.parquet, parquet);
  await data.putFile(keys.csv, csv);
}

function cellSql(column: string, type: string, zone: string): string {
  if (type === 'VARCHAR') return spreadsheetCell(column);
  // With the time zone of the connection, UTC, a cast gives the moment in UTC.
  return type === 'TIMESTAMP WITH TIME ZONE' ? zonedTextSql(`${column}::TIMESTAMP`, zone) : column;
}
