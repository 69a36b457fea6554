import type { DuckDBConnection } from '@duckdb/node-api';
import { LeakageError } from '../../telemetry/errors.ts';
import { identifier } from '../quote.ts';
import { PARTS } from './dataset-record.ts';

/** All rows of a dataset, with a column that says in which part (`train`, `validation`, `test`) each lies. */
export interface PartedRows {
  /** SQL of the relation. */
  readonly from: string;
  readonly part: string;
}

/**
 * Proves that the parts of a split by time follow each other.
 * @param time TIMESTAMP column.
 * @throws LeakageError that names the two parts and the time that both have.
 */
export async function refuseSharedTime(
  connection: DuckDBConnection,
  rows: PartedRows,
  time: string,
): Promise<void> {
  const column = identifier(time);
  const result = await connection.runAndReadAll(`
    SELECT ${identifier(rows.part)}::VARCHAR, min(${column})::VARCHAR, max(${column})::VARCHAR FROM ${rows.from} GROUP BY 1
  `);
  const ranges = new Map(
    result
      .getRowsJS()
      .map(([part, first, last]) => [String(part), { first: String(first), last: String(last) }]),
  );
  let before: { readonly part: string; readonly last: string } | undefined;
  for (const part of PARTS) {
    const range = ranges.get(part);
    if (range === undefined) continue;
    if (before !== undefined && range.first <= before.last) {
      throw new LeakageError(
        `The time from ${range.first} to ${before.last} is in ${before.part} and in ${part}: training would see what ` +
          'it is tested on.',
      );
    }
    before = { part, last: range.last };
  }
}

/**
 * Proves that every value of a key lies in one part only.
 * @throws LeakageError that names the value and the parts.
 */
export async function refuseSharedKey(
  connection: DuckDBConnection,
  rows: PartedRows,
  key: string,
): Promise<void> {
  const part = identifier(rows.part);
  const result = await connection.runAndReadAll(`
    SELECT ${identifier(key)}::VARCHAR, string_agg(DISTINCT ${part}::VARCHAR, ' and ' ORDER BY ${part}::VARCHAR)
    FROM ${rows.from} GROUP BY 1 HAVING count(DISTINCT ${part}) > 1 ORDER BY 1 LIMIT 1
  `);
  const [shared] = result.getRowsJS();
  if (shared === undefined) return;
  throw new LeakageError(`The key ${shared[0]} is in ${shared[1]}: training would see what it is tested on.`);
}
