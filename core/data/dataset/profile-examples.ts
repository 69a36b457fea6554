import type { DuckDBConnection } from '@duckdb/node-api';
import type { FeatureKind } from '../features/feature-kind.ts';
import { identifier } from '../quote.ts';

/** Facts of a column of one part of a dataset. */
export type ColumnProfile =
  | {
      readonly kind: 'number';
      /** Share of rows without a value. */
      readonly missing: number;
      readonly min: number | null;
      readonly mean: number | null;
      readonly max: number | null;
    }
  | {
      readonly kind: 'category';
      readonly missing: number;
      readonly distinct: number;
      /** The most frequent values, at most twenty, most frequent first. */
      readonly top: readonly { readonly value: string; readonly rows: number }[];
    };

const TOP = 20;

/**
 * What the columns of a part look like, as `profile.json` has it. On one thread equal rows give equal profiles.
 * @param from SQL of the rows, in their order.
 */
export async function profileExamples(
  connection: DuckDBConnection,
  from: string,
  columns: readonly { readonly name: string; readonly kind: FeatureKind }[],
): Promise<Record<string, ColumnProfile>> {
  const profiles: [string, ColumnProfile][] = [];
  for (const { name, kind } of columns) {
    const profile =
      kind === 'number' ? profileNumber(connection, from, name) : profileCategory(connection, from, name);
    profiles.push([name, await profile]);
  }
  return Object.fromEntries(profiles);
}

async function profileNumber(
  connection: DuckDBConnection,
  from: string,
  name: string,
): Promise<ColumnProfile> {
  const column = identifier(name);
  const result = await connection.runAndReadAll(`
    SELECT count(*)::DOUBLE, count(${column})::DOUBLE, min(${column}), avg(${column}), max(${column}) FROM ${from}
  `);
  const [rows, present, min, mean, max] = (result.getRowsJS()[0] ?? []).map(value =>
    typeof value === 'number' ? value : null,
  );
  return {
    kind: 'number',
    missing: missingShare(rows, present),
    min: min ?? null,
    mean: mean ?? null,
    max: max ?? null,
  };
}

async function profileCategory(
  connection: DuckDBConnection,
  from: string,
  name: string,
): Promise<ColumnProfile> {
  const column = identifier(name);
  const counts = await connection.runAndReadAll(`
    SELECT count(*)::DOUBLE, count(${column})::DOUBLE, count(DISTINCT ${column})::DOUBLE FROM ${from}
  `);
  const [rows, present, distinct] = (counts.getRowsJS()[0] ?? []).map(Number);
  const top = await connection.runAndReadAll(`
    SELECT ${column}, count(*)::DOUBLE FROM ${from} WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP}
  `);
  return {
    kind: 'category',
    missing: missingShare(rows, present),
    distinct: distinct ?? 0,
    top: top.getRowsJS().map(([value, count]) => ({ value: String(value), rows: Number(count) })),
  };
}

const missingShare = (rows: number | null | undefined, present: number | null | undefined): number =>
  rows ? (rows - (present ?? 0)) / rows : 0;
