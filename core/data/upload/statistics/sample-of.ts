import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../quote.ts';

/** So many rows show how all of them lie. */
export const SAMPLE_ROWS = 100_000;

/** So many values fit into memory beside everything else; of wider rows fewer are taken. */
const SAMPLE_VALUES = 4_000_000;

/**
 * SQL for a FROM clause over every k-th row, the same ones whenever the part is read; of a small part, over all.
 * @param columns That are needed of them.
 */
export async function sampleOf(
  connection: DuckDBConnection,
  from: string,
  columns: readonly string[],
  rows: number,
): Promise<string> {
  const most = Math.max(1, Math.min(SAMPLE_ROWS, Math.floor(SAMPLE_VALUES / Math.max(columns.length, 1))));
  const step = Math.ceil(rows / most);
  if (step <= 1) return from;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE part_sample AS
     SELECT ${columns.map(identifier).join(', ')} FROM ${from} WHERE file_row_number % ${step} = 0`,
  );
  return 'part_sample';
}
