import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReadOptions } from '../../../spec/schema.ts';
import { messageOf } from '../../../telemetry/errors.ts';
import { identifier, literal } from '../../quote.ts';
import { fileViolation, UnreadableUpload } from '../verdict.ts';
import { plainSentence } from './plain-sentence.ts';
import type { Source } from './source.ts';

/** A Parquet file. Throws UnreadableUpload when its footer cannot be read. */
export async function parquetSource(
  connection: DuckDBConnection,
  path: string,
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
