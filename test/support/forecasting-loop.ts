import { pathToFileURL } from 'node:url';
import type { DatasetRecord } from '../../core/data/dataset/dataset-record.ts';
import { snapshotDataset } from '../../core/data/dataset/snapshot-dataset.ts';
import { withDuckDb } from '../../core/data/duckdb.ts';
import { literal } from '../../core/data/quote.ts';
import { validateUpload } from '../../core/data/upload/validate-upload.ts';
import { evaluateCandidates } from '../../core/evaluation/evaluate-candidates.ts';
import { promoteVersion } from '../../core/registry/promote-version.ts';
import { registerVersion, type VersionRecord } from '../../core/registry/versions.ts';
import { predictBatch } from '../../core/serving/predict-batch.ts';
import { type ForecastingSpec, forecastingSpecSchema, type Spec } from '../../core/spec/schema.ts';
import { FileStore } from '../../core/storage/file-store.ts';
import { dataKeys } from '../../core/storage/layout.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { candidatesOf } from '../../core/training/candidates.ts';
import type { RunRecord } from '../../core/training/run-record.ts';
import { trainCandidate } from '../../core/training/train-candidate.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/** Two empty stores that are gone when the test is done. */
export const temporaryStores = (): Stores => ({
  data: new FileStore(pathToFileURL(temporaryDirectory()).href),
  models: new FileStore(pathToFileURL(temporaryDirectory()).href),
});

/** Daily sales per shop, horizon 7, weekly season. */
export const shopSpec = (changes: Record<string, unknown> = {}): ForecastingSpec =>
  forecastingSpecSchema.parse({
    name: 'sales',
    task: 'forecasting',
    tables: {
      sales: {
        time: 'day',
        columns: { day: { type: 'date' }, shop: { type: 'string' }, sold: { type: 'integer' } },
      },
      shops: { mode: 'replace', columns: { shop: { type: 'string' } } },
    },
    ...{
      series: { table: 'sales', by: ['shop'], time: 'day', every: '1 day', value: 'sum(sold)', season: [7] },
    },
    ...{ horizon: 7, gate: { better_than: [] } },
    ...changes,
  });

/** A record that is about forecasts. */
export function ofForecasts<R extends { readonly task: string }>(
  record: R,
): Extract<R, { task: 'forecasting' }> {
  const isOne = (one: R): one is Extract<R, { task: 'forecasting' }> => one.task === 'forecasting';
  if (isOne(record)) return record;
  throw new Error(`The record is about a ${record.task}.`);
}

const DAY = 86_400_000;
export const FIRST_DAY = Date.UTC(2026, 0, 5);
export const dayOf = (index: number): string => new Date(FIRST_DAY + index * DAY).toISOString().slice(0, 10);

const WEEK = [0, 5, 10, 20, 40, 60, 30];

/** Sales of a shop on a day: a weekly shape, a trend, and a ripple that no season explains. */
export const sold = (shop: number, day: number): number =>
  100 * (shop + 1) + (WEEK[day % 7] ?? 0) + day + ((day * 31 + shop * 17) % 9);

/** A CSV of the sales of days [from, to). */
export function salesCsv(shops: readonly string[], from: number, to: number, of = sold): string {
  const lines = ['day,shop,sold'];
  for (let day = from; day < to; day++) {
    for (const [i, shop] of shops.entries())
      lines.push(`${dayOf(day)},"${shop.replaceAll('"', '""')}",${of(i, day)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Puts a file under incoming/ and accepts it; returns the key of the accepted part. */
export async function accept(
  { data }: Stores,
  spec: Spec,
  table: string,
  csv: string,
  time: string,
): Promise<string> {
  const key = dataKeys.incoming({ model: spec.name, table, file: 'file.csv' });
  await data.put(key, csv);
  const { part, reasons } = await validateUpload({ data, spec, key, time });
  if (part === undefined) throw new Error(`The fixture was refused: ${JSON.stringify(reasons)}`);
  return dataKeys.acceptedPart(spec.name, table, part);
}

export interface Trained {
  readonly dataset: DatasetRecord;
  readonly runs: readonly RunRecord[];
}

/** Snapshots the accepted data and trains every candidate of the spec. */
export async function trainAll(stores: Stores, spec: ForecastingSpec, time: string): Promise<Trained> {
  const dataset = await snapshotDataset({ data: stores.data, spec, time });
  const runs: RunRecord[] = [];
  for (const candidate of candidatesOf(spec)) {
    runs.push(
      await trainCandidate({ ...stores, spec, dataset: dataset.id, candidate, time, codeDigest: 'code' }),
    );
  }
  return { dataset, runs };
}

/** Trains, registers the chosen run whatever the gate says, promotes it and writes its forecast. */
export async function deliver(stores: Stores, spec: ForecastingSpec, time: string): Promise<VersionRecord> {
  const { dataset, runs } = await trainAll(stores, spec, time);
  const named = runs.map(({ id }) => ({ run: id }));
  const { run } = await evaluateCandidates({ ...stores, spec, dataset: dataset.id, runs: named, time });
  const version = await registerVersion({ ...stores, model: spec.name, dataset: dataset.id, run, time });
  await promoteVersion({ models: stores.models, model: spec.name, version: version.version, time });
  await predictBatch({ ...stores, spec, time });
  return version;
}

/** An object as text. */
export const textOf = async (store: ObjectStore, key: string): Promise<string> =>
  (await store.get(key))?.body.toString() ?? '';

/** Rows of a stored Parquet file as JSON values, by column. */
export async function parquetRows(store: ObjectStore, key: string): Promise<Record<string, unknown>[]> {
  await using file = await store.materialize(key);
  return await withDuckDb({ paths: [file.path] }, async connection =>
    (await connection.runAndReadAll(`SELECT * FROM read_parquet(${literal(file.path)})`)).getRowObjectsJson(),
  );
}
