import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publishPart } from '../../../../core/data/accepted-parts.ts';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import { type ForecastingSpec, forecastingSpecSchema } from '../../../../core/spec/schema.ts';
import { sha256OfFile } from '../../../../core/storage/digest.ts';
import { FileStore } from '../../../../core/storage/file-store.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';

/** A data store in a folder of its own, gone when it is disposed of. */
export async function temporaryStore(): Promise<{ store: ObjectStore } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'antei-test-'));
  return {
    store: new FileStore(pathToFileURL(folder).href),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A forecasting spec over one table `sales` (shop, at, amount). */
export const salesSpec = (
  series: Partial<ForecastingSpec['series']> = {},
  rest: { horizon?: number; split?: { validation: string; test: string }; mode?: 'append' | 'replace' } = {},
): ForecastingSpec =>
  forecastingSpecSchema.parse({
    name: 'sales',
    task: 'forecasting',
    tables: {
      sales: {
        mode: rest.mode ?? 'append',
        time: 'at',
        columns: { shop: { type: 'string' }, at: { type: 'timestamp' }, amount: { type: 'number' } },
      },
    },
    series: {
      table: 'sales',
      by: ['shop'],
      time: 'at',
      every: '1 day',
      value: 'sum(amount)',
      fill: 'none',
      ...series,
    },
    horizon: rest.horizon ?? 1,
    split: rest.split,
  });

/** Accepts the rows of a query as a part of the series' table; returns its hash. */
export const accept = (
  store: ObjectStore,
  spec: ForecastingSpec,
  query: string,
  acceptedAt?: string,
): Promise<string> => acceptTable(store, spec.name, spec.series.table, query, acceptedAt);

/** Accepts the rows of a query as a part of a table; returns its hash. */
export async function acceptTable(
  store: ObjectStore,
  model: string,
  table: string,
  query: string,
  acceptedAt = '2026-01-01T00:00:00.000Z',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'antei-part-'));
  try {
    const path = join(folder, 'part.parquet');
    const rows = await withDuckDb({ paths: [`${folder}/`], threads: 1 }, async connection => {
      const copied = await connection.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet)`);
      return Number(copied.rowsChanged);
    });
    const part = await sha256OfFile(path);
    const facts = {
      table,
      file: 'export.csv',
      sha256: part,
      part,
      acceptedAt,
      rows,
      timeRange: null,
      columns: {},
    };
    await publishPart(store, model, facts, path);
    return part;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A query for rows (shop, at, amount); null is null. */
export const rowsOf = (rows: readonly (readonly [string | null, string | null, number | null])[]): string => {
  const cell = (value: string | number | null): string =>
    value === null ? 'NULL' : typeof value === 'number' ? String(value) : literal(value);
  const values = rows.map(([shop, at, amount]) => `(${cell(shop)}, ${cell(at)}, ${cell(amount)})`).join(', ');
  return `SELECT shop::VARCHAR AS shop, "at"::TIMESTAMP AS "at", amount::DOUBLE AS amount FROM (VALUES ${values}) AS t(shop, "at", amount)`;
};
