import { expect, test } from 'vitest';
import type { DatasetRecord } from '../../../../core/data/dataset/dataset-record.ts';
import { diffDatasets } from '../../../../core/data/dataset/diff-datasets.ts';
import { listDatasets } from '../../../../core/data/dataset/list-datasets.ts';
import { snapshotDataset } from '../../../../core/data/dataset/snapshot-dataset.ts';
import type { ForecastingSpec } from '../../../../core/spec/schema.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';
import { accept, rowsOf, salesSpec, temporaryStore } from './fixture.ts';

const snapshot = (data: ObjectStore, spec: ForecastingSpec): Promise<DatasetRecord> =>
  snapshotDataset({ data, spec, time: '2026-02-01T00:00:00.000Z' });

const FIRST = rowsOf([
  ['a', '2026-01-01', 1],
  ['a', '2026-01-02', 2],
  ['a', '2026-01-03', 3],
  ['a', '2026-01-04', 4],
  ['gone', '2026-01-01', 1],
]);

test('a further part: later time, a new series, and rows that arrived late', async () => {
  const spec = salesSpec({ where: "shop <> 'gone' OR at < '2026-01-01 12:00'".replaceAll('at <', '"at" <') });
  await using temporary = await temporaryStore();
  const { store } = temporary;
  const old = await accept(store, spec, FIRST);
  const before = await snapshot(store, spec);
  const fresh = await accept(
    store,
    spec,
    rowsOf([
      ['a', '2026-01-02', 40],
      ['a', '2026-01-05', 5],
      ['b', '2026-01-05', 8],
    ]),
  );
  const after = await snapshot(store, spec);

  expect(await diffDatasets(store, before, after)).toEqual({
    kind: 'series',
    before: before.id,
    after: after.id,
    sameSpec: true,
    every: { before: '1 day', after: '1 day' },
    columns: { added: [], removed: [] },
    sources: { added: [{ table: 'sales', sha256: fresh, rows: 3 }], removed: [] },
    rows: {
      train: { before: 4, after: 6 },
      validation: { before: 2, after: 2 },
      test: { before: 2, after: 3 },
    },
    time: {
      train: {
        before: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-03T00:00:00.000Z' },
        after: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-04T00:00:00.000Z' },
      },
      validation: {
        before: { from: '2026-01-03T00:00:00.000Z', to: '2026-01-04T00:00:00.000Z' },
        after: { from: '2026-01-04T00:00:00.000Z', to: '2026-01-05T00:00:00.000Z' },
      },
      test: {
        before: { from: '2026-01-04T00:00:00.000Z', to: '2026-01-05T00:00:00.000Z' },
        after: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' },
      },
      all: {
        before: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-05T00:00:00.000Z' },
        after: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z' },
      },
    },
    series: { added: [['b']], removed: [] },
    shifts: [
      {
        column: 'shop',
        kind: 'text',
        // Shares of a, b, gone: 4/8, 0, 4/8 before and 5/11, 1/11, 5/11 after.
        shift: expect.closeTo(1 / 11, 12),
        moved: false,
        values: [
          { value: 'b', before: 0, after: 1 / 11 },
          { value: 'a', before: 0.5, after: 5 / 11 },
          { value: 'gone', before: 0.5, after: 5 / 11 },
        ],
      },
      {
        column: 'value',
        kind: 'number',
        before: {
          rows: 8,
          missing: 3 / 8,
          mean: 2.2,
          deviation: expect.closeTo(Math.sqrt(1.7), 12),
          min: 1,
          max: 4,
        },
        after: {
          ...{ rows: 11, missing: 4 / 11, mean: expect.closeTo(64 / 7, 12), min: 1, max: 42 },
          deviation: expect.closeTo(Math.sqrt((1880 - 64 ** 2 / 7) / 6), 12),
        },
        shift: expect.closeTo((64 / 7 - 2.2) / Math.sqrt((1.7 + (1880 - 64 ** 2 / 7) / 6) / 2), 12),
        moved: true,
      },
    ],
    revised: {
      ...{ common: 8, changed: 1, first: '2026-01-02T00:00:00.000Z', last: '2026-01-02T00:00:00.000Z' },
      largest: [{ key: ['a'], time: '2026-01-02T00:00:00.000Z', before: 2, after: 42 }],
    },
  });
  expect(old).not.toBe(fresh);
  expect((await listDatasets(store, 'sales')).map(({ id }) => id)).toEqual([before.id, after.id]);
});

test('another spec: removed series, other columns and steps', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await accept(store, salesSpec(), FIRST);
  const plain = await snapshot(store, salesSpec());

  const filled = await diffDatasets(
    store,
    plain,
    await snapshot(store, salesSpec({ fill: 'zero', where: "shop = 'a'" })),
  );
  expect(filled).toMatchObject({
    sameSpec: false,
    series: { added: [], removed: [['gone']] },
    revised: { common: 4, changed: 0, first: null, last: null, largest: [] },
  });

  const total = await diffDatasets(store, plain, await snapshot(store, salesSpec({ by: [] })));
  expect(total).toMatchObject({
    columns: { added: [], removed: ['shop'] },
    series: undefined,
    revised: undefined,
  });
  expect(total.shifts.map(({ column }) => column)).toEqual(['value']);

  const same = await diffDatasets(store, plain, plain);
  expect(same.shifts.map(({ column, shift, moved }) => [column, shift, moved])).toEqual([
    ['shop', 0, false],
    ['value', 0, false],
  ]);
});
