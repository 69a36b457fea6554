import { describe, expect, test } from 'vitest';
import { predictBatch } from '../../../core/serving/predict-batch.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { ask, endpointOf, storesOfFile } from '../../support/endpoint.ts';
import {
  accept,
  dayOf,
  deliver,
  parquetRows,
  type Stores,
  shopSpec,
  sold,
  textOf,
} from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';

/** Sales at noon of each day, as the clocks of a zone showed it. */
const noons = (from: number, to: number): string =>
  ['day,shop,sold', ...days(from, to).map(day => `${dayOf(day)} 12:00,a,${sold(0, day)}`), ''].join('\n');

const days = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

const specIn = (timezone: string) =>
  shopSpec({
    tables: {
      sales: {
        ...{ time: 'day', read: { timezone } },
        columns: { day: { type: 'timestamp' }, shop: { type: 'string' }, sold: { type: 'integer' } },
      },
    },
    horizon: 14,
  });

async function forecastIn(timezone: string): Promise<Stores> {
  const stores = storesOfFile();
  const spec = specIn(timezone);
  // Until 22 March; the clocks of Berlin go forward on the 29th.
  await accept(stores, spec, 'sales', noons(0, 77), time);
  await deliver(stores, spec, time);
  return stores;
}

const timesIn = async ({ data }: Stores): Promise<string[]> => {
  const csv = await textOf(data, dataKeys.predictions('sales', 1, 'forecast.csv'));
  return csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.split(',')[1] ?? '');
};

describe('a forecast of times whose zone is declared', () => {
  test('names the days of that zone, with their offset, and moments in the Parquet file', async () => {
    const stores = await forecastIn('Europe/Berlin');
    const offsets = days(77, 91).map(day => (day < 84 ? '+01:00' : '+02:00'));
    expect(await timesIn(stores)).toEqual(
      days(77, 91).map((day, i) => `${dayOf(day)} 00:00:00${offsets[i]}`),
    );
    const rows = await parquetRows(stores.data, dataKeys.predictions('sales', 1, 'forecast.parquet'));
    expect([rows[6]?.day, rows[7]?.day]).toEqual(['2026-03-28 23:00:00+00', '2026-03-29 22:00:00+00']);
  });

  test('can be read as a table again, and means the same moments', async () => {
    const stores = await forecastIn('America/St_Johns');
    const times = await timesIn(stores);
    expect(times[0]).toBe(`${dayOf(77)} 00:00:00-02:30`);
    const again = storesOfFile();
    const csv = ['day,shop,sold', ...times.map(day => `${day},a,1`), ''].join('\n');
    // The zone of another office: the offsets in the file say what is meant.
    const key = await accept(again, specIn('Asia/Tokyo'), 'sales', csv, time);
    const rows = await parquetRows(again.data, key);
    expect(rows.map(({ day }) => day)).toEqual(days(77, 91).map(day => `${dayOf(day)} 02:30:00`));
  });

  test('says by which clock it begins and ends', async () => {
    const stores = await forecastIn('Europe/Berlin');
    const { endpoint } = endpointOf(stores, 'sales');
    const { answer } = await ask(endpoint, [{ shop: 'a', day: '2026-04-05T22:00:00Z' }]);
    expect(answer.problems).toEqual([
      {
        row: 0,
        field: 'day',
        reason: 'the forecast covers 2026-03-23 up to, but not including, 2026-04-06 (Europe/Berlin)',
      },
    ]);
    const key = dataKeys.request('sales', 'days.csv');
    await stores.data.put(key, 'shop,day\na,2026-03-22 23:59\na,2026-03-29 12:00\na,2026-04-06 00:00\n');
    await predictBatch({ ...stores, spec: specIn('Europe/Berlin'), time, key });
    const lines = (await textOf(stores.data, dataKeys.predictions('sales', 1, 'days.csv')))
      .trimEnd()
      .split('\n');
    const answered = lines
      .slice(1)
      .map(line => line.split(','))
      .map(cells => [cells[1], cells.slice(7).join(',')]);
    expect(answered).toEqual([
      ['2026-03-22 23:59', '"the forecast starts later, at 2026-03-23 (Europe/Berlin)"'],
      ['2026-03-29 12:00', ''],
      ['2026-04-06 00:00', '"the forecast ends earlier, at 2026-04-06 (Europe/Berlin)"'],
    ]);
  });
});
