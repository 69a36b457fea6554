import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType } from '../../../spec/schema.ts';
import { identifier } from '../../quote.ts';
import { countOf, oneRow } from '../contract/staged.ts';
import { distinctValues } from './distinct-values.ts';
import { FEW_ROWS, type ValueCounts } from './value-counts.ts';

/** Names and types of columns. */
export type TypedNames = readonly (readonly [name: string, { readonly type: ColumnType }])[];

/** What only the values of a column tell; as DuckDB gives it, null without values. */
export interface ValueFacts {
  readonly distinct: number;
  /** Smallest and largest text, or truth value; of other types the footer of the file has them. */
  readonly min: unknown;
  readonly max: unknown;
  readonly mean: unknown;
}

/** Facts of every column, by name: of counted columns from their counts, of all others in one scan. */
export async function valueFacts(
  connection: DuckDBConnection,
  from: string,
  columns: TypedNames,
  counts: ValueCounts,
  rows: number,
): Promise<Map<string, ValueFacts>> {
  const facts = new Map<string, ValueFacts>();
  const scanned = columns.filter(([name]) => !counts.has(name));
  const aggregates = scanned.flatMap(([name, { type }], i) => {
    const column = identifier(name);
    return aggregatesOf(distinctValues(column, type, rows), type, column, meanOf(type, column), i);
  });
  const found =
    aggregates.length === 0 ? {} : await oneRow(connection, `SELECT ${aggregates.join(', ')} FROM ${from}`);
  for (const [i, [name]] of scanned.entries()) {
    const estimated = factsIn(found, i);
    const isSettled = rows <= FEW_ROWS || estimated.distinct >= FEW_VALUES;
    facts.set(
      name,
      isSettled ? estimated : { ...estimated, distinct: await countDistinct(connection, from, name) },
    );
  }
  for (const [name, { type }] of columns) {
    const table = counts.get(name);
    if (table === undefined) continue;
    const asked = aggregatesOf('count(value)', type, 'value', weightedMeanOf(type), 0);
    facts.set(name, factsIn(await oneRow(connection, `SELECT ${asked.join(', ')} FROM ${table}`), 0));
  }
  return facts;
}

/** An estimate below this may be far off, and so few values are soon counted. */
const FEW_VALUES = 20_000;

const countDistinct = async (connection: DuckDBConnection, from: string, name: string): Promise<number> =>
  countOf(connection, `SELECT count(DISTINCT ${identifier(name)}) AS n FROM ${from}`);

function aggregatesOf(distinct: string, type: ColumnType, value: string, mean: string, i: number): string[] {
  const bounded = type === 'string' || type === 'boolean';
  return [
    `${distinct} AS distinct${i}`,
    ...(bounded
      ? [`CAST(min(${value}) AS VARCHAR) AS min${i}`, `CAST(max(${value}) AS VARCHAR) AS max${i}`]
      : []),
    `${mean} AS mean${i}`,
  ];
}

const factsIn = (found: Record<string, unknown>, i: number): ValueFacts => ({
  distinct: Number(found[`distinct${i}`]),
  min: found[`min${i}`] ?? null,
  max: found[`max${i}`] ?? null,
  mean: found[`mean${i}`] ?? null,
});

function meanOf(type: ColumnType, column: string): string {
  if (type === 'integer' || type === 'number') return `avg(${column})`;
  return type === 'boolean' ? `avg(CAST(${column} AS INTEGER))` : 'NULL';
}

/** Over a relation of `value` and `n`. Whole numbers are added without rounding, as `avg` does it. */
function weightedMeanOf(type: ColumnType): string {
  if (type === 'string' || type === 'date' || type === 'timestamp') return 'NULL';
  const value = type === 'number' ? 'value' : 'CAST(value AS HUGEINT)';
  return `CAST(sum(${value} * n) AS DOUBLE) / sum(n) FILTER (WHERE value IS NOT NULL)`;
}
