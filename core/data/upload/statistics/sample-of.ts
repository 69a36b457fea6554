import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../quote.ts';
import type { PartColumn } from './part-statistics.ts';

/** So many rows show how all of them lie. */
export const SAMPLE_ROWS = 100_000;

/** So many values fit into memory beside everything else; of wider rows fewer are taken. */
const SAMPLE_VALUES = 4_000_000;

/** Rows of a part that statistics are taken from where all of them would cost too much. */
export interface Sample {
  /** SQL for a FROM clause. */
  readonly from: string;
  /** About as many rows as it has. */
  readonly rows: number;
}

/** Every k-th row, the same ones whenever the part is read; a small part as a whole. */
export async function sampleOf(
  connection: DuckDBConnection,
  from: string,
  columns: readonly PartColumn[],
  rows: number,
): Promise<Sample> {
  const most = Math.max(1, Math.min(SAMPLE_ROWS, Math.floor(SAMPLE_VALUES / Math.max(columns.length, 1))));
  const step = Math.ceil(rows / most);
  if (step <= 1) return { from, rows };
  const names = columns.map(({ name }) => identifier(name));
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE part_sample AS SELECT ${names.join(', ')} FROM ${from} WHERE file_row_number % ${step} = 0`,
  );
  return { from: 'part_sample', rows: Math.ceil(rows / step) };
}
