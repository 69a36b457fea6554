import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import { validateUpload } from '../../../../core/data/upload/validate-upload.ts';
import type { UploadVerdict } from '../../../../core/data/upload/verdict.ts';
import { type Spec, specSchema } from '../../../../core/spec/schema.ts';
import { FileStore } from '../../../../core/storage/file-store.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

export const TIME = '2026-02-01T09:00:00.000Z';

/** A spec whose only interest is one table, `t`. */
export const specOf = (t: Record<string, unknown>, more: Record<string, unknown> = {}): Spec =>
  specSchema.parse({
    name: 'shop',
    task: 'forecasting',
    tables: { t, ...more },
    series: { table: 't', time: 'at', every: '1 day', value: 'count(*)' },
    horizon: 1,
  });

export const emptyStore = (): ObjectStore => new FileStore(pathToFileURL(temporaryDirectory()).href);

export interface Delivery {
  readonly spec: Spec;
  readonly data?: ObjectStore;
  readonly table?: string;
  readonly file?: string;
  readonly time?: string;
  readonly limit?: number;
  readonly threads?: number;
}

/** Puts bytes under incoming/ and validates them. */
export async function deliver(bytes: string | Uint8Array, delivery: Delivery): Promise<UploadVerdict> {
  const { spec, data = emptyStore(), table = 't', file = 'file.csv', time = TIME, limit, threads } = delivery;
  const key = dataKeys.incoming({ model: spec.name, table, file });
  await data.put(key, bytes);
  return validateUpload({
    data,
    spec,
    key,
    time,
    ...(limit !== undefined && { limit }),
    ...(threads !== undefined && { threads }),
  });
}

/** The rows of the accepted part, every value as text in DuckDB's notation, or null. */
export async function acceptedRows(data: ObjectStore, verdict: UploadVerdict): Promise<(string | null)[][]> {
  if (verdict.part === undefined) throw new Error(`not accepted: ${JSON.stringify(verdict.reasons)}`);
  await using object = await data.materialize(dataKeys.acceptedPart('shop', verdict.table, verdict.part));
  return parquetRows(object.path);
}

export const parquetRows = (path: string): Promise<(string | null)[][]> =>
  withDuckDb({ paths: [path] }, async connection => {
    // The sign in front keeps the driver from taking a leading byte order mark out of a value.
    const reader = await connection.runAndReadAll(
      `SELECT '=' || CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(${literal(path)})`,
    );
    return reader
      .getRowsJson()
      .map(row => row.map(value => (value === null ? null : String(value).slice(1))));
  });

/** A Parquet file that holds the result of a query. */
export async function parquetOf(query: string): Promise<Buffer> {
  const path = join(temporaryDirectory(), 'made.parquet');
  await withDuckDb({ paths: [path] }, connection =>
    connection.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet)`),
  );
  return readFileSync(path);
}

/** Rule, rows and first row numbers of each reason: what a test usually asks about. */
export const briefly = (violations: UploadVerdict['reasons']): [string, number, number[]][] =>
  violations.map(({ rule, rows, examples }) => [rule, rows, examples.map(({ row }) => row)]);

/** Delivers and reads back: the accepted rows, or the reasons in brief. */
export async function outcome(
  bytes: string | Uint8Array,
  t: Record<string, unknown>,
  delivery: Partial<Delivery> = {},
): Promise<{ rows: (string | null)[][] } | { reasons: [string, number, number[]][] }> {
  const data = delivery.data ?? emptyStore();
  const verdict = await deliver(bytes, { spec: specOf(t), ...delivery, data });
  return verdict.accepted
    ? { rows: await acceptedRows(data, verdict) }
    : { reasons: briefly(verdict.reasons) };
}
