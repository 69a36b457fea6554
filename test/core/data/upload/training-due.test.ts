import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { trainingDue } from '../../../../core/data/upload/training-due.ts';
import { accept, salesCsv, shopSpec, temporaryStores } from '../../../support/forecasting-loop.ts';
import { HUBS_CSV, parcelSpec, parcelsCsv } from '../../../support/tabular-loop.ts';

const at = (day: number): string => `2026-03-0${day}T00:00:00.000Z`;

/** Accepts files into one model's tables, one after the other, and tells of each whether training is due. */
function model(spec = parcelSpec()) {
  const stores = temporaryStores();
  return async (table: string, csv: string, day: number): Promise<boolean> => {
    const part = basename(await accept(stores, spec, table, csv, at(day)), '.parquet');
    return trainingDue({ data: stores.data, spec, table, part });
  };
}
const [PARCELS, NEWER_HUBS] = [parcelsCsv(0, 10), HUBS_CSV.replace('east', 'south')];

test('every file of the table that is learned from is a reason, before and after the others', async () => {
  const accepted = model();
  expect(await accepted('parcels', PARCELS, 1)).toBe(true);
  expect(await accepted('hubs', HUBS_CSV, 2)).toBe(true);
  expect(await accepted('parcels', parcelsCsv(10, 20), 3)).toBe(true);
});

test('a table that it is joined with is one by its first file, and only where there is something to learn from', async () => {
  const accepted = model();
  expect(await accepted('hubs', HUBS_CSV, 1)).toBe(false);
  expect(await accepted('parcels', PARCELS, 2)).toBe(true);
  expect(await accepted('hubs', NEWER_HUBS, 3)).toBe(false);
});

test('of several first files at the same time, the parcels between them, one is', async () => {
  const stores = temporaryStores();
  const spec = parcelSpec();
  const hubs = [HUBS_CSV, NEWER_HUBS];
  const keys = [];
  for (const csv of hubs) keys.push(await accept(stores, spec, 'hubs', csv, at(1)));
  await accept(stores, spec, 'parcels', PARCELS, at(1));
  const due = keys.map(key =>
    trainingDue({ data: stores.data, spec, table: 'hubs', part: basename(key, '.parquet') }),
  );
  expect((await Promise.all(due)).sort()).toEqual([false, true]);
});

test('at the stage of data, and for tables that nothing is learned with, nothing is', async () => {
  const collecting = model(parcelSpec({ stage: 'data' }));
  expect(await collecting('parcels', PARCELS, 1)).toBe(false);
  expect(await collecting('hubs', HUBS_CSV, 2)).toBe(false);

  const stores = temporaryStores();
  const spec = shopSpec();
  await accept(stores, spec, 'sales', salesCsv(['a'], 0, 30), at(1));
  const part = basename(await accept(stores, spec, 'shops', 'shop\na\n', at(2)), '.parquet');
  expect(await trainingDue({ data: stores.data, spec, table: 'shops', part })).toBe(false);
});
