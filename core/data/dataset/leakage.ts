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
  const shared = await firstShared(connection, rows, [key]);
  if (shared === undefined) return;
  throw new LeakageError(
    `The key ${shared.values[0]} is in ${shared.parts}: training would see what it is tested on.`,
  );
}

/** The columns that name an example, as rows and spec call them, and how it can be told apart. */
export interface ExampleIdentity {
  readonly columns: readonly string[];
  readonly named: readonly string[];
  /** The column of the time, as the spec calls it. */
  readonly time: string;
}

/**
 * Proves that no example lies in two parts of a split by time: with the same id at two times, it would have been learned
 * before it is tested. Rows that lack a value of the id have no name, and are not compared.
 * @throws LeakageError that names the example and the parts.
 */
export async function refuseSharedExample(
  connection: DuckDBConnection,
  rows: PartedRows,
  { columns, named, time }: ExampleIdentity,
): Promise<void> {
  const shared = await firstShared(connection, rows, columns);
  if (shared === undefined) return;
  const example = named.map((name, i) => `${name} = ${shared.values[i]}`).join(', ');
  throw new LeakageError(
    `The example ${example} is in ${shared.parts}: training would see what it is tested on. If its rows are examples of ` +
      `their own, as the months of a customer are, add ${time} to examples.id. If they are one example that was ` +
      'delivered again, export each once, or declare mode: replace. If they belong together, use split: by: group.',
  );
}

/** The first value of a key that is in several parts, and which; undefined when there is none. */
async function firstShared(
  connection: DuckDBConnection,
  rows: PartedRows,
  columns: readonly string[],
): Promise<{ readonly values: readonly string[]; readonly parts: string } | undefined> {
  const part = identifier(rows.part);
  const keys = columns.map(identifier);
  const result = await connection.runAndReadAll(`
    SELECT string_agg(DISTINCT ${part}::VARCHAR, ' and ' ORDER BY ${part}::VARCHAR), ${keys.map(key => `${key}::VARCHAR`).join(', ')}
    FROM ${rows.from} WHERE ${keys.map(key => `${key} IS NOT NULL`).join(' AND ')}
    GROUP BY ${keys.join(', ')} HAVING count(DISTINCT ${part}) > 1 ORDER BY ${keys.join(', ')} LIMIT 1
  `);
  const [shared] = result.getRowsJS();
  if (shared === undefined) return undefined;
  const [parts, ...values] = shared.map(String);
  return { values, parts: parts ?? '' };
}
