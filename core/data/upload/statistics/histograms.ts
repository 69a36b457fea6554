import type { DuckDBConnection } from '@duckdb/node-api';
import * as z from 'zod';
import type { Histogram } from '../../accepted-parts.ts';
import { identifier } from '../../quote.ts';
import { oneRow } from '../contract/staged.ts';
import { type PartColumn, utcOf } from './part-statistics.ts';
import { sampleOf } from './sample-of.ts';
import type { ValueCounts } from './value-counts.ts';

const BINS = 20;

/**
 * The histograms of all columns that have an axis: of counted columns from their counts, of the others in one scan,
 * which in a large part sees every k-th row.
 */
export async function histograms(
  connection: DuckDBConnection,
  from: string,
  columns: readonly PartColumn[],
  counts: ValueCounts,
  rows: number,
): Promise<Map<string, Histogram>> {
  const found = new Map<string, Histogram>();
  const scanned: Axis[] = [];
  for (const axis of columns.flatMap(column => axisOf(column) ?? [])) {
    const { name, edges } = axis;
    const table = counts.get(name);
    if (table === undefined) scanned.push(axis);
    else found.set(name, { edges, rows: binCounts(await countedBins(connection, axis, table), axis) });
  }
  if (scanned.length === 0) return found;
  const names = scanned.map(({ name }) => name);
  const bins = scanned.map(({ name, bin }, i) => {
    const column = identifier(name);
    return `histogram(CASE WHEN ${column} IS NOT NULL THEN ${bin(column)} END) AS h${i}`;
  });
  const sample = await sampleOf(connection, from, names, rows);
  const counted = await oneRow(connection, `SELECT ${bins.join(', ')} FROM ${sample}`);
  for (const [i, axis] of scanned.entries()) {
    found.set(axis.name, { edges: axis.edges, rows: binCounts(counted[`h${i}`], axis) });
  }
  return found;
}

async function countedBins(connection: DuckDBConnection, { bin }: Axis, counts: string): Promise<unknown> {
  const reader = await connection.runAndReadAll(
    `SELECT ${bin('value')} AS bin, sum(n) AS total FROM ${counts} WHERE value IS NOT NULL GROUP BY bin`,
  );
  return reader.getRowObjectsJson().map(({ bin: key, total: value }) => ({ key, value }));
}

/** How a column lies on a line of numbers. */
interface Axis {
  readonly name: string;
  /** SQL for the number of the bin that a value lies in. */
  readonly bin: (value: string) => string;
  readonly edges: number[];
}

/** Undefined where a column has no such line, or no values. */
function axisOf({ name, type, min, max }: PartColumn): Axis | undefined {
  const temporal = type === 'date' || type === 'timestamp';
  if (min === null || max === null || !(temporal || type === 'integer' || type === 'number'))
    return undefined;
  const [low, high] = temporal ? [utcOf(min).getTime(), utcOf(max).getTime()] : [Number(min), Number(max)];
  // Divided before subtracted, here and in SQL: the range itself may be beyond a double.
  const width = high / BINS - low / BINS;
  if (width <= 0) return { name, bin: () => '0', edges: [low, high] };
  const bin = (value: string): string => {
    const number = temporal ? `epoch_ms(CAST(${value} AS TIMESTAMP))` : value;
    const place = `floor(CAST(${number} AS DOUBLE) / ${double(width)} - ${double(low / width)})`;
    return `CAST(greatest(0, least(${BINS - 1}, ${place})) AS INTEGER)`;
  };
  return { name, bin, edges: [...Array.from({ length: BINS }, (_, i) => low + width * i), high] };
}

const double = (value: number): string => `CAST('${value}' AS DOUBLE)`;

const mapEntries = z.array(z.object({ key: z.coerce.number(), value: z.coerce.number() }));

/** The rows per bin, from the entries of a DuckDB MAP; NULL where no row was counted. */
function binCounts(entries: unknown, { edges }: Axis): number[] {
  const rows = Array<number>(edges.length - 1).fill(0);
  for (const { key, value } of mapEntries.parse(entries ?? [])) rows[key] = value;
  return rows;
}
