import { describe, expect, test } from 'vitest';
import { loadDataset } from '../../../../core/data/dataset/load-dataset.ts';
import { readSeries } from '../../../../core/data/dataset/read-series.ts';
import { snapshotDataset } from '../../../../core/data/dataset/snapshot-dataset.ts';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import type { Series } from '../../../../core/data/series.ts';
import type { ForecastingSpec } from '../../../../core/spec/schema.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';
import { DatasetError, ObjectNotFoundError } from '../../../../core/telemetry/errors.ts';
import { accept, rowsOf, salesSpec, temporaryStore } from './fixture.ts';

const time = '2026-02-01T00:00:00.000Z';
const _ = Number.NaN;
type Row = readonly [string | null, string | null, number | null];

/** The whole series of a dataset built from these rows: key, first day, values. */
async function built(spec: ForecastingSpec, ...parts: Row[][]): Promise<[string, string, number[]][]> {
  await using temporary = await temporaryStore();
  for (const rows of parts) await accept(temporary.store, spec, rowsOf(rows));
  const dataset = await snapshotDataset({ data: temporary.store, spec, time });
  return (await readSeries(temporary.store, dataset, ['train', 'validation', 'test'])).map(plain);
}

const plain = ({ key, start, values }: Series): [string, string, number[]] => [
  key.join('/'),
  start.toISOString().slice(0, 10),
  [...values],
];

const json = async (store: ObjectStore, spec: ForecastingSpec, id: string, name: string): Promise<unknown> =>
  JSON.parse((await store.get(dataKeys.dataset(spec.name, id, name)))?.body.toString() ?? '');

/** Four days of shop a, and of shop b, which begins late and ends early. */
const ROWS: Row[] = [
  ['a', '2026-01-01', 1],
  ['a', '2026-01-01 18:00', 2],
  ['a', '2026-01-02', 4],
  ['b', '2026-01-02', 10],
  ['a', '2026-01-04', 8],
  ['b', '2026-01-03', 20],
];

describe('aggregation', () => {
  test.each<[ForecastingSpec['series']['fill'], number[], number[]]>([
    ['none', [3, 4, _, 8], [10, 20, _]],
    ['zero', [3, 4, 0, 8], [10, 20, 0]],
    ['previous', [3, 4, 4, 8], [10, 20, 20]],
    ['interpolate', [3, 4, _, 8], [10, 20, _]],
  ])('with fill %s', async (fill, a, b) => {
    expect(await built(salesSpec({ fill }), ROWS)).toEqual([
      ['a', '2026-01-01', a],
      ['b', '2026-01-02', b],
    ]);
  });

  test('parts add up, also where their periods overlap', async () => {
    expect(await built(salesSpec(), ROWS.slice(0, 2), ROWS.slice(2), [['a', '2026-01-02', 100]])).toEqual([
      ['a', '2026-01-01', [3, 104, _, 8]],
      ['b', '2026-01-02', [10, 20, _]],
    ]);
  });

  test('the grid is that of the table, whatever the condition leaves; a series without rows is none', async () => {
    const spec = salesSpec({ where: "shop = 'b' -- only this one", fill: 'zero' });
    expect(await built(spec, ROWS)).toEqual([['b', '2026-01-02', [10, 20, 0]]]);
  });

  test('rows without a time do not count, a shop without a name is a series, and no value is a missing one', async () => {
    expect(
      await built(salesSpec(), [
        [null, '2026-01-01', 1],
        ['x', null, 1],
        ['x', '2026-01-01', null],
        ['x', '2026-01-02', 5],
        ['x', '2026-01-03', null],
        ['zero', '2026-01-01', 0],
        ['zero', '2026-01-04', 0],
        ['never', '2026-01-01', null],
      ]),
    ).toEqual([
      ['null', '2026-01-01', [1, _, _, _]],
      ['x', '2026-01-02', [5, _, _]],
      ['zero', '2026-01-01', [0, _, _, 0]],
    ]);
  });

  test('without "by" there is one series', async () => {
    expect(await built(salesSpec({ by: [], value: 'count(*)', fill: 'zero' }), ROWS)).toEqual([
      ['', '2026-01-01', [2, 2, 1, 1]],
    ]);
  });

  test('several key columns, named like those of the dataset', async () => {
    const spec = salesSpec({ by: ['shop', 'amount'], value: 'count(*)', fill: 'none' });
    const rows = [...ROWS.slice(0, 1), ['a', '2026-01-04', 1.5]] satisfies Row[];
    expect(await built(spec, rows)).toEqual([
      ['a/1.0', '2026-01-01', [1, _, _, _]],
      ['a/1.5', '2026-01-04', [1]],
    ]);
  });

  test('the day of a delivery at noon is left out, and recorded', async () => {
    const spec = salesSpec({ by: [], value: 'count(*)' });
    const hours = (day: number, count: number): Row[] =>
      Array.from({ length: count }, (_hour, hour) => ['a', `2026-01-0${day} ${hour}:00`, 1]);
    await using temporary = await temporaryStore();
    await accept(
      temporary.store,
      spec,
      rowsOf([1, 2, 3, 4, 5].flatMap(day => hours(day, day === 5 ? 12 : 24))),
    );
    const dataset = await snapshotDataset({ data: temporary.store, spec, time });
    expect(dataset.grid).toEqual({
      every: '1 day',
      start: '2026-01-01T00:00:00.000Z',
      end: '2026-01-05T00:00:00.000Z',
      steps: 4,
      incomplete: { from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T00:00:00.000Z', rows: 12 },
    });
    const [series] = await readSeries(temporary.store, dataset, ['train', 'validation', 'test']);
    expect([...(series?.values ?? [])]).toEqual([24, 24, 24, 24]);
  });

  test('the largest series by their total in the train part stay; the test part does not choose', async () => {
    const rows: Row[] = [
      ['small', '2026-01-01', 1],
      ['small', '2026-01-04', 1000],
      ['late', '2026-01-04', 1000],
      ['tie-b', '2026-01-02', 5],
      ['tie-a', '2026-01-01', 5],
      ['large', '2026-01-02', 6],
    ];
    const kept = async (top: number): Promise<string[]> =>
      (await built(salesSpec({ top }), rows)).map(([key]) => key);
    expect(await kept(1)).toEqual(['large']);
    expect(await kept(2)).toEqual(['large', 'tie-a']);
    expect(await kept(4)).toEqual(['large', 'small', 'tie-a', 'tie-b']);
  });
});

describe('what is written', () => {
  test('record, profile and Parquet files', async () => {
    const spec = salesSpec();
    await using temporary = await temporaryStore();
    const { store } = temporary;
    const part = await accept(store, spec, rowsOf(ROWS));
    const dataset = await snapshotDataset({ data: store, spec, time });

    expect(dataset).toMatchObject({
      model: 'sales',
      sources: [{ table: 'sales', sha256: part, rows: 6 }],
      split: {
        train: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-03T00:00:00.000Z' },
        validation: { from: '2026-01-03T00:00:00.000Z', to: '2026-01-04T00:00:00.000Z' },
        test: { from: '2026-01-04T00:00:00.000Z', to: '2026-01-05T00:00:00.000Z' },
      },
      rows: { train: 3, validation: 2, test: 2 },
      series: 2,
      columns: { key: ['shop'], time: 'time', value: 'value' },
    });
    expect(await json(store, spec, dataset.id, 'dataset.json')).toEqual(dataset);
    expect(await json(store, spec, dataset.id, 'profile.json')).toEqual({
      train: {
        ...{ rows: 3, missing: 0, min: 3, mean: 17 / 3, max: 10 },
        series: [
          { key: ['a'], start: '2026-01-01T00:00:00.000Z', rows: 2, missing: 0, min: 3, mean: 3.5, max: 4 },
          { key: ['b'], start: '2026-01-02T00:00:00.000Z', rows: 1, missing: 0, min: 10, mean: 10, max: 10 },
        ],
      },
      validation: {
        ...{ rows: 2, missing: 0.5, min: 20, mean: 20, max: 20 },
        series: [
          {
            key: ['a'],
            start: '2026-01-03T00:00:00.000Z',
            rows: 1,
            missing: 1,
            min: null,
            mean: null,
            max: null,
          },
          { key: ['b'], start: '2026-01-03T00:00:00.000Z', rows: 1, missing: 0, min: 20, mean: 20, max: 20 },
        ],
      },
      test: {
        ...{ rows: 2, missing: 0.5, min: 8, mean: 8, max: 8 },
        series: [
          { key: ['a'], start: '2026-01-04T00:00:00.000Z', rows: 1, missing: 0, min: 8, mean: 8, max: 8 },
          {
            key: ['b'],
            start: '2026-01-04T00:00:00.000Z',
            rows: 1,
            missing: 1,
            min: null,
            mean: null,
            max: null,
          },
        ],
      },
    });

    await using train = await store.materialize(dataKeys.dataset('sales', dataset.id, 'train.parquet'));
    await withDuckDb({ paths: [train.path] }, async connection => {
      const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${literal(train.path)}`);
      expect(described.getRowsJS().map(row => row.slice(0, 2))).toEqual([
        ['shop', 'VARCHAR'],
        ['time', 'TIMESTAMP'],
        ['value', 'DOUBLE'],
      ]);
      const rows = await connection.runAndReadAll(
        `SELECT shop, time::VARCHAR, value FROM ${literal(train.path)}`,
      );
      expect(rows.getRowsJS()).toEqual([
        ['a', '2026-01-01 00:00:00', 3],
        ['a', '2026-01-02 00:00:00', 4],
        ['b', '2026-01-02 00:00:00', 10],
      ]);
    });
  });

  test('key columns called time and value keep their names; the others step aside', async () => {
    const spec = salesSpec();
    const named: ForecastingSpec = {
      ...spec,
      series: { ...spec.series, by: ['Time', 'value', 'part'], value: 'sum(amount)' },
    };
    await using temporary = await temporaryStore();
    const source = rowsOf(ROWS).replace(
      'shop::VARCHAR AS shop',
      `shop AS "Time", shop || '!' AS "value", '?' AS part`,
    );
    await accept(temporary.store, named, source);
    const dataset = await snapshotDataset({ data: temporary.store, spec: named, time });
    expect(dataset.columns).toEqual({ key: ['Time', 'value', 'part'], time: 'time_', value: 'value_' });
    const [first] = await readSeries(temporary.store, dataset, ['test']);
    expect(first).toEqual({
      key: ['a', 'a!', '?'],
      start: new Date('2026-01-04'),
      values: Float64Array.of(8),
    });
  });

  test('a dataset that is there is returned as it is; what decides its content decides its id', async () => {
    const spec = salesSpec();
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await accept(store, spec, rowsOf(ROWS));
    const first = await snapshotDataset({ data: store, spec, time });
    const key = dataKeys.dataset('sales', first.id, 'train.parquet');
    const before = await store.head(key);
    expect(await snapshotDataset({ data: store, spec, time: '2027-01-01T00:00:00.000Z' })).toEqual(first);
    expect(await store.head(key)).toEqual(before);
    expect(await loadDataset(store, 'sales', first.id)).toEqual(first);

    const other = { ...spec, description: 'the same data', gate: { ...spec.gate, max: 1 } };
    expect((await snapshotDataset({ data: store, spec: other, time })).id).toBe(first.id);
    const filled = salesSpec({ fill: 'zero' });
    expect((await snapshotDataset({ data: store, spec: filled, time })).id).not.toBe(first.id);
    await accept(store, spec, rowsOf([['c', '2026-01-03', 1]]));
    expect((await snapshotDataset({ data: store, spec, time })).id).not.toBe(first.id);
  });

  test('a dataset whose record is missing is not whole, and is built again', async () => {
    const spec = salesSpec();
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await accept(store, spec, rowsOf(ROWS));
    const { id } = await snapshotDataset({ data: store, spec, time });
    await store.delete(dataKeys.dataset('sales', id, 'dataset.json'));
    await store.put(dataKeys.dataset('sales', id, 'train.parquet'), 'half');
    await expect(loadDataset(store, 'sales', id)).rejects.toThrow(ObjectNotFoundError);
    const again = await snapshotDataset({ data: store, spec, time });
    expect((await readSeries(store, again, ['train'])).map(plain)).toEqual([
      ['a', '2026-01-01', [3, 4]],
      ['b', '2026-01-02', [10]],
    ]);
  });

  test('of a table in replace mode only the newest part counts', async () => {
    const spec = salesSpec({}, { mode: 'replace' });
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await accept(store, spec, rowsOf(ROWS), '2026-01-06T00:00:00.000Z');
    const newest = await accept(store, spec, rowsOf(ROWS.slice(0, 5)), '2026-01-07T00:00:00.000Z');
    const dataset = await snapshotDataset({ data: store, spec, time });
    expect(dataset.sources).toEqual([{ table: 'sales', sha256: newest, rows: 5 }]);
  });
});

describe('reading', () => {
  test('parts are joined in the order of time; one left out between is missing', async () => {
    const spec = salesSpec();
    await using temporary = await temporaryStore();
    const { store } = temporary;
    await accept(store, spec, rowsOf(ROWS));
    const dataset = await snapshotDataset({ data: store, spec, time });
    const read = async (...parts: Parameters<typeof readSeries>[2]): Promise<unknown> =>
      (await readSeries(store, dataset, parts)).map(plain);
    expect(await read('validation', 'train')).toEqual([
      ['a', '2026-01-01', [3, 4, _]],
      ['b', '2026-01-02', [10, 20]],
    ]);
    expect(await read('test', 'train')).toEqual([
      ['a', '2026-01-01', [3, 4, _, 8]],
      ['b', '2026-01-02', [10, _, _]],
    ]);
    expect(await read('validation')).toEqual([
      ['a', '2026-01-03', [_]],
      ['b', '2026-01-03', [20]],
    ]);
    expect(await read()).toEqual([]);
  });
});

describe('refusals', () => {
  const refused = async (spec: ForecastingSpec, rows: Row[]): Promise<string> => {
    const failure = await built(spec, rows).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(DatasetError);
    return failure instanceof Error ? failure.message : '';
  };

  test('no accepted data', async () => {
    await using temporary = await temporaryStore();
    await expect(snapshotDataset({ data: temporary.store, spec: salesSpec(), time })).rejects.toThrow(
      'Table sales of sales has no accepted data. Put a file under incoming/sales/sales/ first',
    );
  });

  test('no row with a time', async () => {
    expect(await refused(salesSpec(), [['a', null, 1]])).toBe(
      'Table sales has no row with a value in its time column "at".',
    );
  });

  test('no row that counts', async () => {
    expect(await refused(salesSpec({ where: 'amount > 1000' }), ROWS)).toBe(
      'No row of table sales gives a value: series.where leaves none, or series.value is null.',
    );
  });

  test.each([
    [{ value: 'sum(amont)' }, 'series.value: "sum(amont)" cannot be computed: Binder Error', 'amont'],
    [{ value: 'amount' }, 'series.value: "amount" cannot be computed: Binder Error', 'GROUP BY'],
    [{ value: 'sum(' }, 'series.value: "sum(" cannot be computed: Parser Error', 'syntax error'],
    [{ value: 'max(shop)' }, 'series.value: "max(shop)" cannot be computed: Conversion Error', 'DOUBLE'],
    [{ value: 'count(*)) FROM sales; DROP TABLE x; SELECT (1' }, 'series.value:', 'Error'],
    [{ value: "(SELECT count(*) FROM read_csv('/etc/passwd'))" }, 'series.value:', 'Permission Error'],
    [{ where: 'shopp = 1' }, 'series.where: "shopp = 1" cannot be computed: Binder Error', 'shopp'],
    [
      { where: 'shop::INTEGER = 1' },
      'series.where: "shop::INTEGER = 1" cannot be computed: Conversion Error',
      'INT32',
    ],
  ])('SQL that cannot run: %j', async (series, start, about) => {
    const message = await refused(salesSpec(series), ROWS);
    expect(message.startsWith(start), message).toBe(true);
    expect(message).toContain(about);
    expect(message.endsWith('\nColumns: shop, at, amount.')).toBe(true);
  });

  test('a wrong date that makes the grid endless', async () => {
    const message = await refused(salesSpec({ every: '1 minute' }), [...ROWS, ['a', '9026-01-01', 1]]);
    // 7,000 years have 2,556,697 days.
    expect(message).toContain('2 series of 3681643681 steps of 1 minute from 2026-01-01T00:00:00.000Z on');
    expect(message).toContain('Look for a wrong date in the table');
  });
});
