import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../../quote.ts';

/** SQL of a relation with each `value` of a column, NULL included, and the number `n` of rows that have it; by column. */
export type ValueCounts = ReadonlyMap<string, string>;

/** A file of so few rows is scanned as fast as counts of its values are made and asked. */
export const FEW_ROWS = 1_000_000;

/** Of a column that repeats its values so often, asking the counts costs a tenth of asking the rows. */
const NARROW = 0.1;

/**
 * Counts the values of those columns of a large part that repeat them: what is then asked of a column, its rows
 * answer in one scan.
 * @param path Parquet as `stage` writes it.
 * @param columns Its columns, in the order of the file.
 */
export async function valueCounts(
  connection: DuckDBConnection,
  path: string,
  columns: readonly string[],
  rows: number,
): Promise<ValueCounts> {
  const counts = new Map<string, string>();
  if (rows <= FEW_ROWS) return counts;
  for (const i of await narrowColumns(connection, path, rows)) {
    const name = columns[i];
    if (name === undefined) continue;
    const table = `value_counts_${i}`;
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${table} AS
       SELECT ${identifier(name)} AS value, count(*) AS n FROM read_parquet(${literal(path)}) GROUP BY 1`,
    );
    counts.set(name, table);
  }
  return counts;
}

/**
 * Columns that have few distinct values for their rows, by number. The footer has the distinct values of each row
 * group whose values are in a dictionary; a column has no more than all its groups together.
 */
async function narrowColumns(connection: DuckDBConnection, path: string, rows: number): Promise<number[]> {
  const reader = await connection.runAndReadAll(
    `SELECT column_id FROM parquet_metadata(${literal(path)})
     GROUP BY column_id HAVING sum(coalesce(stats_distinct_count, num_values)) <= ${NARROW * rows} ORDER BY column_id`,
  );
  return (reader.getColumns()[0] ?? []).map(Number);
}
