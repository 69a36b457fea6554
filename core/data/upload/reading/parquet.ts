import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReadOptions } from '../../../spec/schema.ts';
import { messageOf } from '../../../telemetry/errors.ts';
import { identifier, literal } from '../../quote.ts';
import { fileViolation, UnreadableUpload } from '../verdict.ts';
import { plainSentence } from './plain-sentence.ts';
import type { Source, SourceColumn } from './source.ts';

/** A Parquet file. Throws UnreadableUpload when its footer cannot be read. */
export async function parquetSource(
  connection: DuckDBConnection,
  path: string,
  contract: readonly string[],
  read: ReadOptions,
): Promise<Source> {
  const from = `read_parquet(${literal(path)})`;
  try {
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
    const columns = described.getRowObjectsJson().map(row => ({
      name: String(row.column_name),
      sql: identifier(String(row.column_name)),
      type: String(row.column_type),
    }));
    return {
      from,
      columns,
      records: undefined,
      rowBytes: await rowBytes(
        connection,
        from,
        columns.filter(({ name }) => contract.includes(name)),
      ),
      malformed: 0,
      reasons: [],
      warnings: [],
      read,
      rowNumbers: async ordinals => [...ordinals],
    };
  } catch (error) {
    throw new UnreadableUpload(
      fileViolation(
        'file.unreadable',
        'a complete Parquet file',
        `Parquet data that cannot be read (${plainSentence(messageOf(error))})`,
        'The file was probably cut short on its way, or written by a broken export. Export and upload it again.',
      ),
      { cause: error },
    );
  }
}

/** Rows from the start of the file that tell how wide its rows are. */
const LOOKED_AT = 2048;

/** Average size of the first rows. The footer does not tell: it knows sizes after repeated text was taken out. */
async function rowBytes(
  connection: DuckDBConnection,
  from: string,
  columns: readonly SourceColumn[],
): Promise<number> {
  const texts = columns
    .filter(({ type }) => type === 'VARCHAR')
    .map(({ sql }) => `coalesce(strlen(${sql}), 0)`);
  const fixed = 8 * columns.length;
  if (texts.length === 0) return fixed;
  const reader = await connection.runAndReadAll(
    `SELECT avg(${texts.join(' + ')}) AS bytes FROM (SELECT * FROM ${from} LIMIT ${LOOKED_AT})`,
  );
  return fixed + Number(reader.getRowObjectsJson()[0]?.bytes ?? 0);
}
