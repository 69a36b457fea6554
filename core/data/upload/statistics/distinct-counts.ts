import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../quote.ts';
import { oneRow } from '../contract/staged.ts';
import type { PartColumn } from './part-statistics.ts';
import type { Sample } from './sample-of.ts';

/** Up to so many rows, exact counting is cheap whatever the values. */
const EXACT_ROWS = 1_000_000;

/** A column of which a sample repeats nine values of ten has few enough values to hold them all. */
const NARROW = 0.1;

/**
 * The number of distinct values of each column: exact for small parts and for columns that repeat their values;
 * otherwise DuckDB's HyperLogLog (Flajolet et al., 2007), which needs no memory, is the same on every machine, and may
 * be 10 % off.
 */
export async function distinctCounts(
  connection: DuckDBConnection,
  from: string,
  sample: Sample,
  columns: readonly PartColumn[],
  rows: number,
): Promise<Map<string, number>> {
  const exact = (column: string): string => `count(DISTINCT ${column})`;
  if (columns.length === 0) return new Map();
  if (rows <= EXACT_ROWS) return counted(connection, from, columns, exact);
  const inSample = await counted(connection, sample.from, columns, exact);
  const narrow = columns.filter(({ name }) => (inSample.get(name) ?? 0) <= NARROW * sample.rows);
  const wide = columns.filter(column => !narrow.includes(column));
  const all = new Map(await counted(connection, from, wide, column => `approx_count_distinct(${column})`));
  // One by one: together, DuckDB would hold the values of all of them.
  for (const column of narrow) {
    const name = identifier(column.name);
    const { n } = await oneRow(
      connection,
      `SELECT count(${name}) AS n FROM (SELECT DISTINCT ${name} FROM ${from})`,
    );
    all.set(column.name, Number(n));
  }
  return all;
}

async function counted(
  connection: DuckDBConnection,
  from: string,
  columns: readonly PartColumn[],
  count: (column: string) => string,
): Promise<Map<string, number>> {
  if (columns.length === 0) return new Map();
  const counts = columns.map(({ name }, i) => `${count(identifier(name))} AS d${i}`);
  const found = await oneRow(connection, `SELECT ${counts.join(', ')} FROM ${from}`);
  return new Map(columns.map(({ name }, i) => [name, Number(found[`d${i}`])]));
}
