import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import type { ColumnType } from '../spec/schema.ts';
import type { NumberRange } from './bounds.ts';
import type { Sample } from './sample.ts';

/** What the values of a column are like. */
export interface ColumnFacts {
  readonly name: string;
  readonly type: ColumnType;
  /** Why it has this type, where that needs a word. */
  readonly why: string;
  readonly rows: number;
  readonly missing: number;
  readonly distinct: number;
  /** As DuckDB prints them; null without any value. */
  readonly least: string | null;
  readonly greatest: string | null;
  readonly range?: NumberRange;
}

export interface SampleFacts extends Sample {
  readonly facts: readonly ColumnFacts[];
}

/** Whether every row has a value and no two have the same. */
export const isUnique = ({ rows, missing, distinct }: ColumnFacts): boolean =>
  missing === 0 && distinct === rows;

/** Columns that are measured, not named: their mean says something. */
const isNumeric = ({ type }: { readonly type: ColumnType }): boolean =>
  type === 'integer' || type === 'number';

export async function describeColumns(connection: DuckDBConnection, sample: Sample): Promise<SampleFacts> {
  const facts: ColumnFacts[] = [];
  for (const column of sample.columns) {
    const value = identifier(column.name);
    const numbers = isNumeric(column)
      ? `, avg(${value})::DOUBLE AS mean, median(${value})::DOUBLE AS median,
         min(${value})::DOUBLE AS low, max(${value})::DOUBLE AS high`
      : '';
    const found = await oneRow(
      connection,
      `SELECT count(${value})::DOUBLE AS filled, count(DISTINCT ${value})::DOUBLE AS kinds,
         CAST(min(${value}) AS VARCHAR) AS least, CAST(max(${value}) AS VARCHAR) AS greatest ${numbers}
       FROM read_parquet(${literal(sample.data)})`,
    );
    const filled = Number(found.filled);
    facts.push({
      ...column,
      rows: sample.rows,
      missing: sample.rows - filled,
      distinct: Number(found.kinds),
      least: textOrNull(found.least),
      greatest: textOrNull(found.greatest),
      ...(isNumeric(column) &&
        filled > 0 && {
          range: {
            min: Number(found.low),
            max: Number(found.high),
            mean: Number(found.mean),
            median: Number(found.median),
            count: filled,
          },
        }),
    });
  }
  return { ...sample, facts };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
