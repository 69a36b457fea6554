import { expect, test } from 'vitest';
import { partKey } from '../../../../core/data/dataset/dataset-record.ts';
import {
  findExamples,
  snapshotExamples,
  type TabularSpec,
} from '../../../../core/data/dataset/snapshot-examples.ts';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { parquetRows } from '../../../../core/data/parquet-rows.ts';
import { sha256OfFile } from '../../../../core/storage/digest.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';
import { flightsSection } from '../features/fixture.ts';
import { acceptTable, temporaryStore } from './fixture.ts';

const spec: TabularSpec = {
  name: 'late',
  ...flightsSection({
    joins: [{ table: 'airports', as: 'o', on: 'flights.origin = o.iata' }],
    features: { state: 'o.state', distance: 'distance' },
  }),
};

const FLIGHTS = `SELECT TIMESTAMP '2026-01-01' + to_days(i::INTEGER) AS date, 'A' || (i % 2) AS origin,
  (i * 100)::BIGINT AS distance, (i % 2 * 30)::BIGINT AS delay FROM range(4) t(i)`;
const AIRPORTS = `SELECT 'A0' AS iata, 'NY' AS state`;

async function accepted(store: ObjectStore): Promise<{ flights: string; airports: string }> {
  return {
    flights: await acceptTable(store, spec.name, 'flights', FLIGHTS),
    airports: await acceptTable(store, spec.name, 'airports', AIRPORTS),
  };
}

test('record, profile and Parquet files', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const parts = await accepted(store);
  const dataset = await snapshotExamples({ data: store, spec });
  expect(dataset).toEqual({
    id: dataset.id,
    specDigest: dataset.specDigest,
    model: 'late',
    task: 'classification',
    sources: [
      { table: 'airports', sha256: parts.airports, rows: 1 },
      { table: 'flights', sha256: parts.flights, rows: 4 },
    ],
    split: {
      by: 'time',
      ranges: {
        train: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.001Z' },
        validation: { from: '2026-01-02T00:00:00.001Z', to: '2026-01-03T00:00:00.001Z' },
        test: { from: '2026-01-03T00:00:00.001Z', to: '2026-01-04T00:00:00.001Z' },
      },
    },
    rows: { train: 2, validation: 1, test: 1 },
    dropped: { withoutTarget: 0, withoutTime: 0 },
    files: dataset.files,
    columns: {
      id: [
        { name: 'id_date', column: 'date' },
        { name: 'id_origin', column: 'origin' },
      ],
      time: 'time',
      features: [
        { name: 'state', kind: 'category' },
        { name: 'distance', kind: 'number' },
      ],
      target: { name: 'target', kind: 'category', classes: ['false', 'true'] },
    },
  });
  expect(await findExamples(store, 'late', dataset.id)).toEqual(dataset);

  const profile = await store.get(dataKeys.dataset('late', dataset.id, 'profile.json'));
  expect(JSON.parse(profile?.body.toString() ?? '').train).toEqual({
    rows: 2,
    columns: {
      state: { kind: 'category', missing: 0.5, distinct: 1, top: [{ value: 'NY', rows: 1 }] },
      distance: { kind: 'number', missing: 0, min: 0, mean: 50, max: 100 },
      target: {
        ...{ kind: 'category', missing: 0, distinct: 2 },
        top: [
          { value: 'false', rows: 1 },
          { value: 'true', rows: 1 },
        ],
      },
    },
  });

  await using file = await store.materialize(partKey(dataset, 'train'));
  expect(await sha256OfFile(file.path)).toBe(dataset.files.train);
  const rows = await withDuckDb({ paths: [file.path] }, async connection =>
    (await connection.runAndReadAll(`FROM ${parquetRows([file.path])}`)).getRowsJson(),
  );
  expect(rows).toEqual([
    ['2026-01-01 00:00:00', 'A0', '2026-01-01 00:00:00', 'NY', 0, 'false'],
    ['2026-01-02 00:00:00', 'A1', '2026-01-02 00:00:00', null, 100, 'true'],
  ]);
});

test('the same parts and spec are the same dataset; the order of features is a part of it', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await accepted(store);
  const { id } = await snapshotExamples({ data: store, spec });
  const before = await store.head(dataKeys.dataset('late', id, 'dataset.json'));
  expect((await snapshotExamples({ data: store, spec: { ...spec } })).id).toBe(id);
  expect(await store.head(dataKeys.dataset('late', id, 'dataset.json'))).toEqual(before);
  const { state, distance } = spec.examples.features;
  const turned = {
    ...spec,
    examples: { ...spec.examples, features: { distance: distance ?? '', state: state ?? '' } },
  };
  expect((await snapshotExamples({ data: store, spec: turned })).id).not.toBe(id);
});

test('a joined table without data is an error', async () => {
  await using temporary = await temporaryStore();
  await acceptTable(temporary.store, 'late', 'flights', FLIGHTS);
  await expect(snapshotExamples({ data: temporary.store, spec })).rejects.toThrow(
    'Table airports of late has no accepted data. Put a file under incoming/late/airports/ first',
  );
});
