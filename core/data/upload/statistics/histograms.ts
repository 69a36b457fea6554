import type { DuckDBConnection } from '@duckdb/node-api';
import type { Histogram } from '../../accepted-parts.ts';
import { identifier } from '../../quote.ts';
import { oneRow } from '../contract/staged.ts';
import { type PartColumn, utcOf } from './part-statistics.ts';
import type { Sample } from './sample-of.ts';

const BINS = 20;

/** The histograms of all columns that have an axis, in one scan. */
export async function histograms(
  connection: DuckDBConnection,
  sample: Sample,
  columns: readonly PartColumn[],
): Promise<Map<string, Histogram>> {
  const axes = columns.flatMap(column => axisOf(column) ?? []);
  const found = new Map<string, Histogram>();
  if (axes.length === 0) return found;
  const counts = axes.map(
    ({ column, bin }, i) => `histogram(CASE WHEN ${column} IS NOT NULL THEN ${bin} END) AS h${i}`,
  );
  const counted = await oneRow(connection, `SELECT ${counts.join(', ')} FROM ${sample.from}`);
  for (const [i, { name, edges }] of axes.entries()) {
    found.set(name, { edges, rows: binCounts(counted[`h${i}`], edges.length - 1) });
  }
  return found;
}

/** How a column lies on a line of numbers; undefined where it does not, or has no values. */
function axisOf({ name, type, min, max }: PartColumn) {
  const temporal = type === 'date' || type === 'timestamp';
  if (min === null || max === null || !(temporal || type === 'integer' || type === 'number'))
    return undefined;
  const column = identifier(name);
  const [low, high] = temporal ? [utcOf(min).getTime(), utcOf(max).getTime()] : [Number(min), Number(max)];
  // Divided before subtracted, here and in SQL: the range itself may be beyond a double.
  const width = high / BINS - low / BINS;
  if (width <= 0) return { name, column, bin: '0', edges: [low, high] };
  const number = temporal ? `epoch_ms(CAST(${column} AS TIMESTAMP))` : column;
  const place = `floor(CAST(${number} AS DOUBLE) / ${double(width)} - ${double(low / width)})`;
  const bin = `CAST(greatest(0, least(${BINS - 1}, ${place})) AS INTEGER)`;
  return { name, column, bin, edges: [...Array.from({ length: BINS }, (_, i) => low + width * i), high] };
}

const double = (value: number): string => `CAST('${value}' AS DOUBLE)`;

/** The rows per bin, from the entries of a DuckDB MAP. */
function binCounts(entries: unknown, bins: number): number[] {
  const rows = Array<number>(bins).fill(0);
  if (!Array.isArray(entries)) return rows;
  for (const { key, value } of entries as { key: unknown; value: unknown }[])
    rows[Number(key)] = Number(value);
  return rows;
}
