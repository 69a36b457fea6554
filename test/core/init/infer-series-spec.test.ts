import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { snapshotDataset } from '../../../core/data/dataset/snapshot-dataset.ts';
import { sqlProblems } from '../../../core/data/sql-problems.ts';
import { validateUpload } from '../../../core/data/upload/validate-upload.ts';
import type { SeriesInference } from '../../../core/init/infer-series-spec.ts';
import { inferSpec } from '../../../core/init/infer-spec.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import type { ForecastingSpec } from '../../../core/spec/schema.ts';
import { FileStore } from '../../../core/storage/file-store.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { InferenceError } from '../../../core/telemetry/errors.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  germanSales,
  hourlyTemperatures,
  japaneseVisitors,
  meterReadings,
  numberedSales,
  orders,
  shiftJis,
  shops,
} from './samples.ts';

type Samples = Readonly<Record<string, string | Buffer>>;

function written(samples: Samples): { path: string; file: string }[] {
  const folder = temporaryDirectory();
  return Object.entries(samples).map(([file, content]) => {
    const path = join(folder, file);
    writeFileSync(path, content);
    return { path, file };
  });
}

async function infer(samples: Samples): Promise<SeriesInference> {
  const inference = await inferSpec('trial', written(samples));
  if ('series' in inference) return inference;
  throw new Error(`No forecast was inferred: ${inference.text}`);
}

const columnsOf = (spec: ForecastingSpec, table: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(spec.tables[table]?.columns ?? {}).map(
      ([name, { severity: _, unique: __, ...column }]) => [name, column],
    ),
  );

/** Uploads the samples under the spec that was inferred from them, tables that others refer to first. */
async function delivered({
  spec,
  tables,
  references,
}: SeriesInference): Promise<{ data: FileStore; spec: ForecastingSpec }> {
  const data = new FileStore(`file://${temporaryDirectory()}`);
  const isReferenced = (table: string): boolean => references.some(({ target }) => target.table === table);
  const inOrder = tables.toSorted((a, b) => Number(isReferenced(b.table)) - Number(isReferenced(a.table)));
  for (const { table, file, path } of inOrder) {
    const key = dataKeys.incoming({ model: spec.name, table, file });
    await data.putFile(key, path);
    const { accepted, reasons } = await validateUpload({ data, spec, key, time: '2026-08-01T00:00:00Z' });
    expect(reasons).toEqual([]);
    expect(accepted).toBe(true);
  }
  return { data, spec };
}

/** What `check`, an upload and a snapshot say of an inferred spec. */
async function expectToRun(inference: SeriesInference): Promise<void> {
  expect(parseSpec(inference.text, 'trial.yaml')).toEqual(inference.spec);
  expect(await sqlProblems(inference.spec)).toEqual([]);
  const dataset = await snapshotDataset({ ...(await delivered(inference)), time: '2026-08-01T00:00:00Z' });
  expect(dataset.rows.train).toBeGreaterThan(0);
  expect(dataset.rows.test).toBeGreaterThan(0);
}

describe('a spec of series', () => {
  test('measurements every hour, two series, with gaps', async () => {
    const inference = await infer({ 'temperatures_2026-01.csv': hourlyTemperatures() });
    const { spec } = inference;
    expect(spec.tables.temperatures).toMatchObject({
      mode: 'append',
      time: 'time',
      key: ['station', 'time'],
      rows: { min: 1 },
    });
    expect(columnsOf(spec, 'temperatures')).toEqual({
      time: { type: 'timestamp', required: true, min: '2016-01-01', tolerance: 0 },
      station: { type: 'string', required: true, tolerance: 0 },
      temperature: { type: 'number', required: true, min: -50, max: 50, tolerance: 0 },
    });
    expect(spec).toMatchObject({
      series: {
        table: 'temperatures',
        by: ['station'],
        time: 'time',
        every: '1 hour',
        value: 'avg(temperature)',
        fill: 'none',
        season: [24],
      },
      horizon: 24,
      split: { by: 'time', validation: '4 days', test: '4 days' },
      candidates: [{ trainer: 'baseline' }, { trainer: 'mstl' }],
      gate: { metric: 'mase', better_than: ['baseline', 'champion'] },
      monitoring: { every: '1 day' },
    });
    expect(spec.series.top).toBeUndefined();
    await expectToRun(inference);
  });

  test('daily sales with semicolons, decimal commas and dots between thousands', async () => {
    const inference = await infer({ 'sales.csv.gz': gzipSync(germanSales()) });
    const { spec } = inference;
    expect(spec.tables.sales).toMatchObject({
      time: 'Datum',
      key: ['Filiale', 'Datum'],
      read: { decimal: ',', thousands: '.' },
    });
    expect(columnsOf(spec, 'sales')).toEqual({
      Datum: { type: 'date', required: true, min: '2016-01-01', tolerance: 0 },
      Filiale: { type: 'string', required: true, tolerance: 0 },
      Umsatz: { type: 'number', required: true, min: -20_000, max: 20_000, tolerance: 0 },
      Kunden: { type: 'integer', required: true, min: -2000, max: 2000, tolerance: 0 },
    });
    expect(spec).toMatchObject({
      series: { by: ['Filiale'], every: '1 day', value: 'sum(Umsatz)', fill: 'zero', season: [7] },
      horizon: 14,
      split: { validation: '14 days', test: '14 days' },
    });
    expect(inference.text).toContain('# numbers such as "1.391,99" in 1 column');
    await expectToRun(inference);
  });

  test('events that refer to a list', async () => {
    const inference = await infer({ 'shops.csv': shops(), 'orders.csv': orders() });
    const { spec, references } = inference;
    expect(references).toEqual([
      {
        table: 'orders',
        column: 'shop',
        target: { table: 'shops', column: 'shop' },
        tolerance: 0.01,
        why: '99.75 % of 2,400 values are in shops.shop',
      },
    ]);
    expect(spec.tables.shops).toMatchObject({ mode: 'replace', key: ['shop'] });
    expect(columnsOf(spec, 'shops')).toEqual({
      shop: { type: 'string', required: true, tolerance: 0 },
      city: { type: 'string', required: true, tolerance: 0 },
      zip: { type: 'string', required: true, tolerance: 0 },
    });
    expect(spec.tables.orders).toMatchObject({ mode: 'append', time: 'ordered_at', key: ['order_id'] });
    expect(columnsOf(spec, 'orders')).toEqual({
      order_id: { type: 'string', required: true, tolerance: 0 },
      ordered_at: { type: 'timestamp', required: true, min: '2016-01-01', tolerance: 0 },
      shop: { type: 'string', required: true, references: 'shops.shop', tolerance: 0.01 },
      channel: { type: 'string', required: true, values: ['store', 'web'], tolerance: 0.05 },
      quantity: { type: 'integer', required: true, min: -20, max: 20, tolerance: 0 },
    });
    expect(spec).toMatchObject({
      series: { table: 'orders', by: ['shop'], every: '1 day', value: 'count(*)', fill: 'zero', season: [7] },
      horizon: 14,
      split: { validation: '14 days', test: '14 days' },
    });
    await expectToRun(inference);
  });

  test('Japanese names, dates and encoding', async () => {
    const inference = await infer({ '来館者.csv': shiftJis(japaneseVisitors()) });
    const { spec } = inference;
    expect(spec.tables.table).toMatchObject({ time: '日付', key: ['日付'], read: { encoding: 'shift_jis' } });
    expect(columnsOf(spec, 'table')).toEqual({
      日付: { type: 'date', required: true, min: '2016-01-01', tolerance: 0 },
      来館者数: { type: 'integer', required: true, min: -5000, max: 5000, tolerance: 0 },
      天気: { type: 'string', required: true, tolerance: 0 },
    });
    expect(spec).toMatchObject({
      series: { by: [], every: '1 day', value: 'sum("来館者数")', fill: 'none', season: [7] },
      horizon: 14,
    });
    await expectToRun(inference);
  });

  test('articles in shops that both have numbers for names', async () => {
    const inference = await infer({ 'sales.csv': numberedSales() });
    expect(inference.spec).toMatchObject({
      tables: { sales: { key: ['store', 'item', 'date'] } },
      series: { by: ['store', 'item'], every: '1 day', value: 'sum(sales)', fill: 'none', season: [7] },
    });
    await expectToRun(inference);
  });

  test('JSON Lines with seconds since 1970, lists, and text among numbers', async () => {
    const inference = await infer({ 'meter.jsonl.gz': gzipSync(meterReadings()) });
    const { spec, text } = inference;
    expect(spec.tables.meter).toMatchObject({ time: 'ts', read: { dates: 'epoch-seconds' } });
    expect(columnsOf(spec, 'meter')).toEqual({
      kwh: { type: 'number', required: true, min: -50, max: 50, tolerance: 0 },
      meter: { type: 'string', required: true, tolerance: 0 },
      ts: { type: 'timestamp', required: true, min: '2016-01-01', tolerance: 0 },
    });
    expect(text).toContain('# left out: "note", because it mixes text with numbers that have a fraction');
    expect(text).toContain('# left out: "tags", because it holds lists or objects');
    expect(spec.series).toMatchObject({ by: [], every: '15 minutes', value: 'sum(kwh)', season: [96] });
    await expectToRun(inference);
  });

  test('says what keeps a column from being a number', async () => {
    const days = germanSales().replaceAll(/;(\d+)\n/g, (_, n) => `;${n === '80' ? 'k.A.' : n}\n`);
    const { spec, text } = await infer({ 'sales.csv': days });
    expect(spec.tables.sales?.columns.Kunden?.type).toBe('string');
    expect(text).toMatch(
      /# a value in each of 468 rows; \d+ values of 468 rows are no number, such as "k\.A\."\n +Kunden:/,
    );
  });

  test('gives the same text again', async () => {
    const samples = { 'shops.csv': shops(), 'orders.csv': orders() };
    expect((await infer(samples)).text).toBe((await infer(samples)).text);
  });

  test('begins with the hint for editors, and gives a reason for every choice', async () => {
    const { text } = await infer({ 'temperatures.csv': hourlyTemperatures() });
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schema/model.schema.json');
    const place = text.split('\n');
    for (const key of [
      'mode',
      'time',
      'key',
      'by',
      'every',
      'value',
      'fill',
      'season',
      'horizon',
      'split',
      'gate',
    ]) {
      const line = place.findIndex(one => one.trimStart().startsWith(`${key}:`));
      expect(place[line - 1]?.trimStart(), key).toMatch(/^# \S/);
    }
  });

  test('refuses samples without a time, and shows what they have', async () => {
    const refused = infer({ 'shops.csv': 'shop,opened\nS1,Jan 1 2000\nS2,Feb 3 2001\n' });
    await expect(refused).rejects.toThrow(InferenceError);
    await expect(refused).rejects.toThrow(
      'No file has a time column, and a forecast needs one.\nFound:\n' +
        '  "shops.csv": "shop" (string such as "S1"), "opened" (string such as "Feb 3 2001")\nNeeded: ',
    );
  });

  test.each([
    [
      'a history that is too short',
      'day,amount\n2026-01-01,1\n2026-01-02,2\n2026-01-03,3\n',
      /covers 3 steps of 1 day/,
    ],
    ['an empty file', '', /found a file without content/],
    ['a header alone', 'day,amount\n', /no rows/],
    ['a ragged file', 'day,amount\n2026-01-01,1,2\n', /another number of fields/],
  ])('refuses %s', async (_, content, message) => {
    await expect(infer({ 'sales.csv': content })).rejects.toThrow(message);
  });
});
