import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnSpec, TableSpec } from '../../spec/schema.ts';
import type { AcceptedPart, ColumnStatistics } from '../accepted-parts.ts';
import { identifier, literal } from '../quote.ts';
import { oneRow } from './contract/staged.ts';

/** Columns with more distinct values than this have no category mix. */
const CATEGORICAL = 1000;
const TOP = 20;

/** Exact counting holds every distinct value; above this many rows DuckDB's HyperLogLog estimates instead. */
const EXACT_DISTINCT_ROWS = 1_000_000;

/** Statistics of every column of a part, for learned checks and for the report of the next part. */
export async function partStatistics(
  connection: DuckDBConnection,
  path: string,
  table: TableSpec,
  present: ReadonlySet<string>,
): Promise<Pick<AcceptedPart, 'rows' | 'timeRange' | 'columns'>> {
  const from = `FROM read_parquet(${literal(path)})`;
  const columns = Object.entries(table.columns).filter(([name]) => present.has(name));
  const { n: counted } = await oneRow(connection, `SELECT count(*) AS n ${from}`);
  const rows = Number(counted);
  const distinct = (column: string): string =>
    rows <= EXACT_DISTINCT_ROWS ? `count(DISTINCT ${column})` : `approx_count_distinct(${column})`;
  const aggregates = columns.flatMap(([name, { type }], i) => {
    const column = identifier(name);
    return [
      `count(${column}) AS n${i}`,
      `${distinct(column)} AS d${i}`,
      `CAST(min(${column}) AS VARCHAR) AS lo${i}`,
      `CAST(max(${column}) AS VARCHAR) AS hi${i}`,
      `${meanOf(type, column)} AS m${i}`,
    ];
  });
  const found = await oneRow(connection, `SELECT ${aggregates.join(', ')} ${from}`);
  const statistics: Record<string, ColumnStatistics> = {};
  for (const [i, [name, { type }]] of columns.entries()) {
    const values = Math.min(Number(found[`d${i}`]), Number(found[`n${i}`]));
    const categorical = type === 'boolean' || (type === 'string' && values <= CATEGORICAL);
    statistics[name] = {
      type,
      missing: rows - Number(found[`n${i}`]),
      distinct: values,
      min: textOrNull(found[`lo${i}`]),
      max: textOrNull(found[`hi${i}`]),
      // Twelve digits: the sum of floating-point numbers depends on the order of addition in the last ones.
      mean: typeof found[`m${i}`] === 'number' ? Number(Number(found[`m${i}`]).toPrecision(12)) : null,
      top: categorical ? await topValues(connection, identifier(name), from) : [],
      histogram: null,
    };
  }
  return { rows, timeRange: timeRange(statistics, table.time), columns: statistics };
}

function meanOf(type: ColumnSpec['type'], column: string): string {
  if (type === 'integer' || type === 'number') return `avg(${column})`;
  return type === 'boolean' ? `avg(CAST(${column} AS INTEGER))` : 'NULL';
}

async function topValues(
  connection: DuckDBConnection,
  column: string,
  from: string,
): Promise<ColumnStatistics['top']> {
  const reader = await connection.runAndReadAll(
    `SELECT left(CAST(${column} AS VARCHAR), 200) AS value, count(*) AS n ${from} WHERE ${column} IS NOT NULL
     GROUP BY ${column} ORDER BY n DESC, value LIMIT ${TOP}`,
  );
  return reader.getRowObjectsJson().map(({ value, n }) => ({ value: String(value), rows: Number(n) }));
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
