import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType, TableSpec } from '../../../spec/schema.ts';
import type { AcceptedPart, ColumnStatistics } from '../../accepted-parts.ts';
import { identifier, literal } from '../../quote.ts';
import { countOf, oneRow } from '../contract/staged.ts';
import { histograms } from './histograms.ts';
import type { ValueCounts } from './value-counts.ts';
import { type TypedNames, valueFacts } from './value-facts.ts';

/** What is known of the rows of a part. */
export type PartStatistics = Pick<AcceptedPart, 'rows' | 'timeRange' | 'columns'>;

/** A column of the part that is looked at. */
export interface PartColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Smallest and largest value as DuckDB prints them; null without values. */
  readonly min: string | null;
  readonly max: string | null;
}

/** Columns with more distinct values than this have no category mix. */
const CATEGORICAL = 1000;
const TOP = 20;

/** Most characters of a value that are kept. */
const LONGEST_VALUE = 200;

/**
 * Statistics of every column of a part, for learned checks and for the report of the next part.
 * @param present The contract columns that the Parquet file has.
 * @param counts Of its values, where they were counted.
 */
export async function partStatistics(
  connection: DuckDBConnection,
  path: string,
  table: TableSpec,
  present: ReadonlySet<string>,
  counts: ValueCounts,
): Promise<PartStatistics> {
  const from = `read_parquet(${literal(path)}, file_row_number = true)`;
  const typed = Object.entries(table.columns).filter(([name]) => present.has(name));
  const rows = await countOf(connection, `SELECT count(*) AS n FROM ${from}`);
  const footer = await footerOf(connection, from, typed);
  const facts = await valueFacts(connection, from, typed, counts, rows);
  const columns = typed.map(
    ([name, { type }], i): PartColumn => ({
      name,
      type,
      min: textOrNull(footer[`lo${i}`] ?? facts.get(name)?.min),
      max: textOrNull(footer[`hi${i}`] ?? facts.get(name)?.max),
    }),
  );
  const axes = await histograms(connection, from, columns, counts, rows);
  const statistics: Record<string, ColumnStatistics> = {};
  for (const [i, { name, type, min, max }] of columns.entries()) {
    const values = Number(footer[`n${i}`]);
    const distinct = Math.min(facts.get(name)?.distinct ?? 0, values);
    const categorical = type === 'boolean' || (type === 'string' && distinct <= CATEGORICAL);
    statistics[name] = {
      type,
      missing: rows - values,
      distinct,
      min: min?.slice(0, LONGEST_VALUE) ?? null,
      max: max?.slice(0, LONGEST_VALUE) ?? null,
      mean: numberOrNull(facts.get(name)?.mean),
      top: categorical ? await topValues(connection, counts.get(name) ?? countedHere(name, from)) : [],
      histogram: axes.get(name) ?? null,
    };
  }
  return { rows, timeRange: timeRange(statistics, table.time), columns: statistics };
}

/**
 * Counts, and the bounds of types that have exact ones in the footer of the file: DuckDB answers from there, as long
 * as nothing else is asked in the same query.
 */
async function footerOf(
  connection: DuckDBConnection,
  from: string,
  columns: TypedNames,
): Promise<Record<string, unknown>> {
  const asked = columns.flatMap(([name, { type }], i) => {
    const column = identifier(name);
    const bounds = [`CAST(min(${column}) AS VARCHAR) AS lo${i}`, `CAST(max(${column}) AS VARCHAR) AS hi${i}`];
    return [`count(${column}) AS n${i}`, ...(type === 'string' || type === 'boolean' ? [] : bounds)];
  });
  return asked.length === 0 ? {} : await oneRow(connection, `SELECT ${asked.join(', ')} FROM ${from}`);
}

const countedHere = (name: string, from: string): string =>
  `(SELECT ${identifier(name)} AS value, count(*) AS n FROM ${from} GROUP BY 1)`;

/** @param counts SQL of a relation of `value` and `n`. */
async function topValues(connection: DuckDBConnection, counts: string): Promise<ColumnStatistics['top']> {
  const reader = await connection.runAndReadAll(
    `SELECT left(CAST(value AS VARCHAR), ${LONGEST_VALUE}) AS shown, n FROM ${counts}
     WHERE value IS NOT NULL ORDER BY n DESC, shown LIMIT ${TOP}`,
  );
  return reader.getRowObjectsJson().map(({ shown, n }) => ({ value: String(shown), rows: Number(n) }));
}

function timeRange(
  statistics: Record<string, ColumnStatistics>,
  column: string | undefined,
): AcceptedPart['timeRange'] {
  const { min, max } = (column !== undefined && statistics[column]) || { min: null, max: null };
  return min === null || max === null
    ? null
    : { from: utcOf(min).toISOString(), to: utcOf(max).toISOString() };
}

/** A DATE or TIMESTAMP as DuckDB prints it: ISO 8601 but for the T and the zone, which is UTC here. */
export const utcOf = (text: string): Date =>
  new Date(`${text.slice(0, 10)}T${text.slice(11) || '00:00:00'}Z`);

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Twelve digits: in the last ones the sum of floating-point numbers depends on the order of addition. */
const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(12)) : null;
