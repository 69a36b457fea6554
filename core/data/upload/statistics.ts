import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType, TableSpec } from '../../spec/schema.ts';
import type { AcceptedPart, ColumnStatistics, Histogram } from '../accepted-parts.ts';
import { identifier, literal } from '../quote.ts';
import { countOf, oneRow } from './contract/staged.ts';

/** What is known of the rows of a part. */
export type PartStatistics = Pick<AcceptedPart, 'rows' | 'timeRange' | 'columns'>;

/** Columns with more distinct values than this have no category mix. */
const CATEGORICAL = 1000;
const TOP = 20;

/** Exact counting holds every distinct value; above this many rows DuckDB's HyperLogLog estimates instead. */
const EXACT_DISTINCT_ROWS = 1_000_000;

/** A histogram of so many rows looks like that of all of them. */
const HISTOGRAM_ROWS = 1_000_000;
const BINS = 20;

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
  const columns = Object.entries(table.columns).filter(([name]) => present.has(name));
  const rows = await countOf(connection, `SELECT count(*) AS n FROM ${from}`);
  const aggregates = columns.flatMap(([name, { type }], i) =>
    columnAggregates(identifier(name), type, i, rows),
  );
  const found = await oneRow(connection, `SELECT ${aggregates.join(', ') || '1'} FROM ${from}`);
  const statistics: Record<string, ColumnStatistics> = {};
  for (const [i, [name, { type }]] of columns.entries()) {
    const values = Number(found[`n${i}`]);
    const distinct = Math.min(Number(found[`d${i}`]), values);
    const categorical = type === 'boolean' || (type === 'string' && distinct <= CATEGORICAL);
    statistics[name] = {
      type,
      missing: rows - values,
      distinct,
      min: textOrNull(found[`lo${i}`]),
      max: textOrNull(found[`hi${i}`]),
      mean: numberOrNull(found[`m${i}`]),
      top: categorical ? await topValues(connection, identifier(name), from) : [],
      histogram: null,
    };
  }
  const histograms = await histogramsOf(connection, from, columns, found, rows);
  for (const [name, histogram] of histograms) {
    const column = statistics[name];
    if (column !== undefined) statistics[name] = { ...column, histogram };
  }
  return { rows, timeRange: timeRange(statistics, table.time), columns: statistics };
}

function columnAggregates(column: string, type: ColumnType, i: number, rows: number): string[] {
  const distinct =
    rows <= EXACT_DISTINCT_ROWS ? `count(DISTINCT ${column})` : `approx_count_distinct(${column})`;
  const number = numberOf(type, column);
  return [
    `count(${column}) AS n${i}`,
    `${distinct} AS d${i}`,
    `CAST(min(${column}) AS VARCHAR) AS lo${i}`,
    `CAST(max(${column}) AS VARCHAR) AS hi${i}`,
    `${meanOf(type, column)} AS m${i}`,
    ...(number === undefined ? [] : [`min(${number}) AS from${i}`, `max(${number}) AS to${i}`]),
  ];
}

function meanOf(type: ColumnType, column: string): string {
  if (type === 'integer' || type === 'number') return `avg(${column})`;
  return type === 'boolean' ? `avg(CAST(${column} AS INTEGER))` : 'NULL';
}

/** SQL for a value as a point on an axis; undefined where a type has none. */
function numberOf(type: ColumnType, column: string): string | undefined {
  if (type === 'integer' || type === 'number') return `CAST(${column} AS DOUBLE)`;
  return type === 'date' || type === 'timestamp'
    ? `CAST(epoch_ms(CAST(${column} AS TIMESTAMP)) AS DOUBLE)`
    : undefined;
}

async function topValues(
  connection: DuckDBConnection,
  column: string,
  from: string,
): Promise<ColumnStatistics['top']> {
  const reader = await connection.runAndReadAll(
    `SELECT left(CAST(${column} AS VARCHAR), 200) AS value, count(*) AS n FROM ${from} WHERE ${column} IS NOT NULL
     GROUP BY ${column} ORDER BY n DESC, value LIMIT ${TOP}`,
  );
  return reader.getRowObjectsJson().map(({ value, n }) => ({ value: String(value), rows: Number(n) }));
}

/** The histograms of all columns that have an axis, in one scan. */
async function histogramsOf(
  connection: DuckDBConnection,
  from: string,
  columns: readonly [string, { readonly type: ColumnType }][],
  found: Readonly<Record<string, unknown>>,
  rows: number,
): Promise<Map<string, Histogram>> {
  const axes = columns.flatMap(([name, { type }], i) => {
    const number = numberOf(type, identifier(name));
    const [low, high] = [Number(found[`from${i}`] ?? Number.NaN), Number(found[`to${i}`] ?? Number.NaN)];
    const width = high / BINS - low / BINS;
    if (number === undefined || !Number.isFinite(width)) return [];
    const bin = width === 0 ? '0' : binOf(number, low, width);
    return [
      {
        name,
        low,
        high,
        width,
        count: `histogram(CASE WHEN ${identifier(name)} IS NOT NULL THEN ${bin} END) AS h${i}`,
        key: `h${i}`,
      },
    ];
  });
  const histograms = new Map<string, Histogram>();
  if (axes.length === 0) return histograms;
  const step = Math.ceil(rows / HISTOGRAM_ROWS);
  const counted = await oneRow(
    connection,
    `SELECT ${axes.map(({ count }) => count).join(', ')} FROM ${from} WHERE file_row_number % ${step} = 0`,
  );
  for (const { name, low, high, width, key } of axes) {
    const bins = width === 0 ? 1 : BINS;
    const edges = Array.from({ length: bins }, (_, bin) => low + width * bin);
    histograms.set(name, { edges: [...edges, high], rows: binCounts(counted[key], bins) });
  }
  return histograms;
}

/** SQL for the bin of a value. Divided before subtracted: the range itself may be beyond a double. */
function binOf(number: string, low: number, width: number): string {
  const double = (value: number): string => `CAST('${value}' AS DOUBLE)`;
  const place = `floor(${number} / ${double(width)} - ${double(low)} / ${double(width)})`;
  return `CAST(greatest(0, least(${BINS - 1}, ${place})) AS INTEGER)`;
}

/** The rows per bin, from the entries of a DuckDB MAP. */
function binCounts(entries: unknown, bins: number): number[] {
  const rows = Array<number>(bins).fill(0);
  if (!Array.isArray(entries)) return rows;
  for (const { key, value } of entries as { key: unknown; value: unknown }[])
    rows[Number(key)] = Number(value);
  return rows;
}

function timeRange(
  statistics: Record<string, ColumnStatistics>,
  column: string | undefined,
): AcceptedPart['timeRange'] {
  const { min, max } = (column !== undefined && statistics[column]) || { min: null, max: null };
  return min === null || max === null ? null : { from: isoUtc(min), to: isoUtc(max) };
}

/** DuckDB prints DATE and TIMESTAMP as ISO 8601 but for the T and the zone, which is UTC here. */
const isoUtc = (text: string): string =>
  new Date(`${text.slice(0, 10)}T${text.slice(11) || '00:00:00'}Z`).toISOString();

const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' ? value.slice(0, 200) : null;

/** Twelve digits: in the last ones the sum of floating-point numbers depends on the order of addition. */
const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(12)) : null;
