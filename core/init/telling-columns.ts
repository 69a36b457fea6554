import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import type { ColumnFacts } from './column-facts.ts';
import type { Target } from './target.ts';

/** Of so many rows for each of its values, a column does not tell the target by chance. */
const ROWS_PER_VALUE = 5;

/** The range of fewer rows than these lies outside that of others by chance. */
const ROWS_PER_CLASS = 20;

/** Two columns of numbers correlated more than this are one under two names. */
const SAME = 0.99999;

/**
 * Whether a column of the target's table tells the target beyond doubt, so that it was probably written with it or
 * after it: each of its values has one target; or, of numbers, no two classes overlap, or both lie on a line.
 */
export async function tellsTarget(
  connection: DuckDBConnection,
  { sample, column: { name: target, type: targetType }, task }: Target,
  column: ColumnFacts,
): Promise<boolean> {
  const [value, answer] = [identifier(column.name), identifier(target)];
  const from = `read_parquet(${literal(sample.data)}) WHERE ${value} IS NOT NULL AND ${answer} IS NOT NULL`;
  const values = column.rows - column.missing;
  if (column.distinct >= 2 && values >= ROWS_PER_VALUE * column.distinct) {
    const { mixed } = await oneRow(
      connection,
      `SELECT count(*) FILTER (different > 1)::DOUBLE AS mixed
       FROM (SELECT count(DISTINCT ${answer}) AS different FROM ${from} GROUP BY ${value})`,
    );
    return mixed === 0;
  }
  if (column.type !== 'integer' && column.type !== 'number') return false;
  if (task === 'regression') {
    if (targetType !== 'integer' && targetType !== 'number') return false;
    const { line } = await oneRow(connection, `SELECT abs(corr(${value}, ${answer})) AS line FROM ${from}`);
    return typeof line === 'number' && line > SAME;
  }
  const { overlaps, least } = await oneRow(
    connection,
    `SELECT count(*) FILTER (low <= before)::DOUBLE AS overlaps, min(n)::DOUBLE AS least FROM (
       SELECT low, n, max(high) OVER (ORDER BY low, high ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
       FROM (SELECT min(${value}) AS low, max(${value}) AS high, count(*) AS n FROM ${from} GROUP BY ${answer}))`,
  );
  return overlaps === 0 && Number(least) >= ROWS_PER_CLASS;
}
