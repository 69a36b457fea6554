import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType, TableSpec } from '../../../spec/schema.ts';
import type { AcceptedPart, ColumnStatistics } from '../../accepted-parts.ts';
import { identifier, literal } from '../../quote.ts';
import { countOf, oneRow } from '../contract/staged.ts';
import { distinctCounts } from './distinct-counts.ts';
import { histograms } from './histograms.ts';
import { sampleOf } from './sample-of.ts';

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
 */
export async function partStatistics(
  connection: DuckDBConnection,
  path: string,
  table: TableSpec,
  present: ReadonlySet<string>,
): Promise<PartStatistics> {
  const from = `read_parquet(${literal(path)}, file_row_number = true)`;
  const specs = Object.entries(table.columns).filter(([name]) => present.has(name));
  const rows = await countOf(connection, `SELECT count(*) AS n FROM ${from}`);
  const found = await aggregatesOf(connection, from, specs);
  const columns = specs.map(
    ([name, { type }], i): PartColumn => ({
      name,
      type,
      min: textOrNull(found[`lo${i}`]),
      max: textOrNull(found[`hi${i}`]),
    }),
  );
  const sample = await sampleOf(connection, from, columns, rows);
  const axes = await histograms(connection, sample, columns);
  const distinct = await distinctCounts(connection, from, sample, columns, rows);
  const statistics: Record<string, ColumnStatistics> = {};
  for (const [i, { name, type, min, max }] of columns.entries()) {
    const values = Number(found[`n${i}`]);
    const different = Math.min(distinct.get(name) ?? 0, values);
    const categorical = type === 'boolean' || (type === 'string' && different <= CATEGORICAL);
    statistics[name] = {
      type,
      missing: rows - values,
      distinct: different,
      min: min?.slice(0, LONGEST_VALUE) ?? null,
      max: max?.slice(0, LONGEST_VALUE) ?? null,
      mean: numberOrNull(found[`m${i}`]),
      top: categorical ? await topValues(connection, identifier(name), from) : [],
      histogram: axes.get(name) ?? null,
    };
  }
  return { rows, timeRange: timeRange(statistics, table.time), columns: statistics };
}

/**
 * Counts, smallest and largest values and means. In queries of their own: DuckDB answers the first two from the footer
 * of the file, as long as nothing else is asked in the same query.
 */
async function aggregatesOf(
  connection: DuckDBConnection,
  from: string,
  columns: readonly [string, { readonly type: ColumnType }][],
): Promise<Record<string, unknown>> {
  const range = (scanned: boolean): string[] =>
    columns.flatMap(([name, { type }], i) => {
      if ((type === 'string' || type === 'boolean') !== scanned) return [];
      const column = identifier(name);
      return [`CAST(min(${column}) AS VARCHAR) AS lo${i}`, `CAST(max(${column}) AS VARCHAR) AS hi${i}`];
    });
  const queries = [
    columns.map(([name], i) => `count(${identifier(name)}) AS n${i}`),
    range(false),
    range(true),
    columns.map(([name, { type }], i) => `${meanOf(type, identifier(name))} AS m${i}`),
  ];
  const found: Record<string, unknown> = {};
  for (const aggregates of queries) {
    if (aggregates.length === 0) continue;
    Object.assign(found, await oneRow(connection, `SELECT ${aggregates.join(', ')} FROM ${from}`));
  }
  return found;
}

function meanOf(type: ColumnType, column: string): string {
  if (type === 'integer' || type === 'number') return `avg(${column})`;
  return type === 'boolean' ? `avg(CAST(${column} AS INTEGER))` : 'NULL';
}

async function topValues(
  connection: DuckDBConnection,
  column: string,
  from: string,
): Promise<ColumnStatistics['top']> {
  const reader = await connection.runAndReadAll(
    `SELECT left(CAST(${column} AS VARCHAR), ${LONGEST_VALUE}) AS value, count(*) AS n FROM ${from}
     WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY n DESC, value LIMIT ${TOP}`,
  );
  return reader.getRowObjectsJson().map(({ value, n }) => ({ value: String(value), rows: Number(n) }));
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
