import { describe, expect, test } from 'vitest';
import { loadVersion } from '../../../core/registry/versions.ts';
import { findForecast } from '../../../core/serving/find-forecast.ts';
import { recordedForecast } from '../../../core/serving/forecast-record.ts';
import { forecastVersion } from '../../../core/serving/forecast-version.ts';
import { predictBatch } from '../../../core/serving/predict-batch.ts';
import type { ForecastingSpec } from '../../../core/spec/schema.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import {
  accept,
  dayOf,
  deliver,
  ofForecasts,
  parquetRows,
  type Stores,
  salesCsv,
  shopSpec,
  temporaryStores,
  textOf,
} from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const HEADER = 'shop,day,forecast,lower_80,upper_80,lower_95,upper_95';

async function inProduction(
  shops: readonly string[] = ['a', 'b'],
  spec: ForecastingSpec = shopSpec(),
): Promise<Stores> {
  const stores = temporaryStores();
  await accept(stores, spec, 'sales', salesCsv(shops, 0, 70), time);
  await deliver(stores, spec, time);
  return stores;
}

const linesOf = async (stores: Stores, name: string): Promise<string[]> =>
  (await textOf(stores.data, dataKeys.predictions('sales', 1, name))).trimEnd().split('\n');

describe('the forecast of the version in production', () => {
  test('has one row per series and period, with intervals around each forecast', async () => {
    const stores = await inProduction();
    const [header, ...lines] = await linesOf(stores, 'forecast.csv');
    expect(header).toBe(HEADER);
    expect(lines.map(line => line.split(',').slice(0, 2).join(' '))).toEqual(
      ['a', 'b'].flatMap(shop => [70, 71, 72, 73, 74, 75, 76].map(day => `${shop} ${dayOf(day)}`)),
    );
    for (const line of lines) {
      const [forecast = 0, lower80 = 0, upper80 = 0, lower95 = 0, upper95 = 0] = line
        .split(',')
        .slice(2)
        .map(Number);
      expect(lower95).toBeLessThanOrEqual(lower80);
      expect(lower80).toBeLessThan(forecast);
      expect(forecast).toBeLessThan(upper80);
      expect(upper80).toBeLessThanOrEqual(upper95);
    }
    const rows = await parquetRows(stores.data, dataKeys.predictions('sales', 1, 'forecast.parquet'));
    expect(rows).toHaveLength(14);
    expect(rows[0]).toMatchObject({ shop: 'a', day: dayOf(70), forecast: Number(lines[0]?.split(',')[2]) });
  });

  test('written again has the same bytes', async () => {
    const stores = await inProduction();
    const keys = ['forecast.parquet', 'forecast.csv'].map(name => dataKeys.predictions('sales', 1, name));
    const before = await Promise.all(keys.map(key => stores.data.get(key)));
    expect(
      await forecastVersion(stores, shopSpec(), ofForecasts(await loadVersion(stores.models, 'sales', 1)), {
        time,
        inForce: true,
      }),
    ).toEqual(keys);
    const after = await Promise.all(keys.map(key => stores.data.get(key)));
    expect(after.map(object => object?.body)).toEqual(before.map(object => object?.body));
  });

  test('read back, it is what was written', async () => {
    const stores = await inProduction();
    const found = await findForecast(stores.data, { model: 'sales', version: 1 });
    if (found === undefined || found === 'unchanged') throw new Error('There is no forecast');
    const forecast = recordedForecast(found.record);
    const [, first] = await linesOf(stores, 'forecast.csv');
    expect(forecast.series.map(({ key }) => key)).toEqual([['a'], ['b']]);
    expect(forecast.grid).toMatchObject({ start: new Date(dayOf(70)), steps: 7 });
    const one = forecast.series[0];
    expect([one?.forecast[0], one?.intervals[95].upper[0]].map(String)).toEqual([
      first?.split(',')[2],
      first?.split(',')[6],
    ]);
  });

  test('text that a spreadsheet would run is disarmed in the CSV, and untouched in the Parquet file', async () => {
    const hostile = ['=cmd|" /C calc"!A0', '+1', '-2', '@SUM(A1)', 'plain', '-x'];
    const stores = await inProduction(hostile);
    const shops = (await linesOf(stores, 'forecast.csv'))
      .slice(1)
      .map(line => line.slice(0, line.indexOf(',2026-')));
    expect([...new Set(shops)].sort()).toEqual(
      [`"'=cmd|"" /C calc""!A0"`, '+1', '-2', "'@SUM(A1)", 'plain', "'-x"].sort(),
    );
    const rows = await parquetRows(stores.data, dataKeys.predictions('sales', 1, 'forecast.parquet'));
    expect(new Set(rows.map(({ shop }) => shop))).toEqual(new Set(hostile));
  });

  test('one series without a key, and a key that is a number, keep their types', async () => {
    const series = { table: 'sales', time: 'day', every: '1 day', value: 'sum(sold)', season: [7] };
    const single = await inProduction(['a', 'b'], shopSpec({ series }));
    expect((await linesOf(single, 'forecast.csv'))[0]).toBe(
      'day,forecast,lower_80,upper_80,lower_95,upper_95',
    );
    const tables = {
      sales: {
        time: 'day',
        columns: { day: { type: 'timestamp' }, shop: { type: 'integer' }, sold: { type: 'integer' } },
      },
    };
    const numbered = await inProduction(
      ['7', '12'],
      shopSpec({ tables, series: { ...series, by: ['shop'] } }),
    );
    const rows = await parquetRows(numbered.data, dataKeys.predictions('sales', 1, 'forecast.parquet'));
    // A BIGINT is text in DuckDB's JSON.
    expect(rows[0]).toMatchObject({ shop: '12', day: `${dayOf(70)} 00:00:00` });
  });

  test('without a version in production there is an error by name', async () => {
    await expect(predictBatch({ ...temporaryStores(), spec: shopSpec(), time })).rejects.toThrow(
      expect.objectContaining({
        name: 'PredictionError',
        message: expect.stringContaining('No version of sales'),
      }),
    );
  });
});

describe('a request', () => {
  async function ask(stores: Stores, file: string, body: string, spec = shopSpec()) {
    const key = dataKeys.request('sales', file);
    await stores.data.put(key, body);
    return await predictBatch({ ...stores, spec, time, key });
  }

  test('is answered row by row, in its order, with its own columns', async () => {
    const stores = await inProduction();
    const { version, keys } = await ask(
      stores,
      'june.csv',
      `note,day,shop\nfirst,${dayOf(71)},b\nsecond,${dayOf(70)},a\n`,
    );
    expect({ version, keys }).toEqual({
      version: 1,
      keys: [dataKeys.predictions('sales', 1, 'june.parquet'), dataKeys.predictions('sales', 1, 'june.csv')],
    });
    const forecast = await linesOf(stores, 'forecast.csv');
    const numbers = (shop: string, day: number) =>
      forecast
        .find(line => line.startsWith(`${shop},${dayOf(day)},`))
        ?.split(',')
        .slice(2)
        .join(',');
    expect(await linesOf(stores, 'june.csv')).toEqual([
      'note,day,shop,forecast,lower_80,upper_80,lower_95,upper_95,reason',
      `first,${dayOf(71)},b,${numbers('b', 71)},`,
      `second,${dayOf(70)},a,${numbers('a', 70)},`,
    ]);
  });

  test('rows that cannot be answered say why, and spoil no others', async () => {
    const stores = await inProduction();
    const rows = [`${dayOf(69)},a`, `${dayOf(77)},a`, `${dayOf(70)},zzz`, 'soon,a', `,a`, `${dayOf(70)},a`];
    await ask(stores, 'june.csv', `day,shop\n${rows.join('\n')}\n`);
    const answers = await parquetRows(stores.data, dataKeys.predictions('sales', 1, 'june.parquet'));
    expect(answers.map(({ reason }) => reason)).toEqual([
      `the forecast starts later, at ${dayOf(70)}`,
      `the forecast ends earlier, at ${dayOf(77)}`,
      'there is no such series in the data of the version',
      'the time is missing or cannot be read',
      'the time is missing or cannot be read',
      null,
    ]);
    expect(answers.map(({ forecast }) => typeof forecast)).toEqual([...Array(5).fill('object'), 'number']);
  });

  test('comes as JSON Lines too', async () => {
    const stores = await inProduction();
    await ask(stores, 'june.jsonl', `{"shop":"a","day":"${dayOf(70)}"}\n`);
    const [answer] = await parquetRows(stores.data, dataKeys.predictions('sales', 1, 'june.parquet'));
    expect(answer).toMatchObject({ shop: 'a', day: dayOf(70), forecast: expect.any(Number), reason: null });
  });

  test('names any moment of a period', async () => {
    const tables = {
      sales: {
        time: 'day',
        columns: { day: { type: 'timestamp' }, shop: { type: 'string' }, sold: { type: 'integer' } },
      },
    };
    const spec = shopSpec({ tables });
    const stores = await inProduction(['a'], spec);
    await ask(stores, 'june.csv', `day,shop\n${dayOf(70)} 17:45:00,a\n`, spec);
    const [answer] = await parquetRows(stores.data, dataKeys.predictions('sales', 1, 'june.parquet'));
    expect(answer).toMatchObject({ forecast: expect.any(Number), reason: null });
  });

  test.each([
    ['lacks a column', 'june.csv', 'day\n2026-03-16\n', 'a column "shop"'],
    [
      'has a column of the answer',
      'june.csv',
      'day,shop,Forecast\n2026-03-16,a,1\n',
      'It has columns named "Forecast"',
    ],
    ['is empty', 'june.csv', '', 'found a file without content'],
    [
      'has ragged rows',
      'june.csv',
      'day,shop\n2026-03-16,a,b\n2026-03-17,a\n',
      'cannot be answered. Expected',
    ],
    ['would replace the forecast', 'Forecast.csv', 'day,shop\n', 'A request cannot be named "Forecast"'],
  ])('that %s is an error by name', async (_name, file, body, message) => {
    const stores = await inProduction();
    await expect(ask(stores, file, body)).rejects.toThrow(
      expect.objectContaining({ name: 'PredictionError', message: expect.stringContaining(message) }),
    );
  });
});
