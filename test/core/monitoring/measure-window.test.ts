import { describe, expect, test } from 'vitest';
import { measureWindow } from '../../../core/monitoring/measure-window.ts';
import { listMonitoring } from '../../../core/monitoring/monitoring-record.ts';
import { dataKeys, modelKeys } from '../../../core/storage/layout.ts';
import { ObjectNotFoundError } from '../../../core/telemetry/errors.ts';
import {
  accept,
  dayOf,
  deliver,
  ofForecasts,
  type Stores,
  salesCsv,
  shopSpec,
  sold,
  temporaryStores,
  textOf,
} from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const at = (day: number): string => `${dayOf(day)}T00:00:00.000Z`;
const nameOf = (from: number, to: number): string =>
  [from, to].map(day => `${dayOf(day).replaceAll('-', '')}T000000.000Z`).join('--');

/** A version whose forecast covers days 70 to 76, and then the truth of some of them. */
async function delivered(spec = shopSpec(), shops: readonly string[] = ['a', 'b']): Promise<Stores> {
  const stores = temporaryStores();
  await accept(stores, spec, 'sales', salesCsv(shops, 0, 70), at(70));
  await deliver(stores, spec, at(70));
  return stores;
}

const forecastOf = async (stores: Stores, shop: string): Promise<number[]> =>
  (await textOf(stores.data, dataKeys.predictions('sales', 1, 'forecast.csv')))
    .split('\n')
    .filter(line => line.startsWith(`${shop},`))
    .map(line => Number(line.split(',')[2]));

const rootMeanSquare = (errors: number[]): number =>
  Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);

describe('after new labels', () => {
  test('the days of the part are compared with the forecasts that were made before', async () => {
    const stores = await delivered();
    const spec = shopSpec({ monitoring: { performance: { metric: 'rmse' } } });
    const key = await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 70, 73), at(73));
    const record = await measureWindow({ ...stores, spec, time: at(73), key });

    const errors = (await Promise.all(['a', 'b'].map(shop => forecastOf(stores, shop)))).flatMap(
      (forecast, shop) => [0, 1, 2].map(i => (forecast[i] ?? 0) - sold(shop, 70 + i)),
    );
    expect(record).toMatchObject({
      ...{ window: nameOf(70, 73), from: at(70), to: at(73), measured: true, metric: 'rmse' },
      ...{ versions: [{ version: 1, periods: 3 }], labels: { forecast: 6, known: 6 } },
      metrics: { points: 6, series: 2 },
      totals: [70, 71, 72].map(day => ({ time: at(day), actual: sold(0, day) + sold(1, day), series: 2 })),
    });
    if (!record.measured) throw new Error('not measured');
    expect(record.error).toBeCloseTo(rootMeanSquare(errors), 9);
    expect(record.errorRatio).toBeCloseTo(record.error / (record.testError ?? 0), 12);
    expect(ofForecasts(record).worst.map(({ key }) => key)).toHaveLength(2);
    expect(await listMonitoring(stores.models, 'sales')).toEqual([record]);
  });

  test('scaled errors have the scale of the test metric, so the ratio compares like with like', async () => {
    const stores = await delivered(shopSpec(), ['a']);
    const spec = shopSpec();
    const key = await accept(stores, spec, 'sales', salesCsv(['a'], 70, 72), at(72));
    const record = await measureWindow({ ...stores, spec, time: at(72), key });
    const forecast = await forecastOf(stores, 'a');
    // The training part: days 0 to 55.
    const differences = Array.from({ length: 49 }, (_, i) => Math.abs(sold(0, i + 7) - sold(0, i)));
    const scale = differences.reduce((sum, one) => sum + one, 0) / 49;
    const error = [0, 1].reduce((sum, i) => sum + Math.abs((forecast[i] ?? 0) - sold(0, 70 + i)), 0) / 2;
    expect(record).toMatchObject({ measured: true, metric: 'mase', error: expect.closeTo(error / scale, 9) });
  });

  test('days that no forecast covers do not count', async () => {
    const stores = await delivered();
    const spec = shopSpec();
    const key = await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 70, 90), at(90));
    expect(await measureWindow({ ...stores, spec, time: at(90), key })).toMatchObject({
      ...{ measured: true, window: nameOf(70, 90), labels: { forecast: 14, known: 14 } },
      versions: [{ version: 1, periods: 7 }],
    });
  });

  test('each day counts for the newest version that covers it', async () => {
    const spec = shopSpec();
    const stores = await delivered(spec);
    await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 70, 73), at(73));
    await deliver(stores, spec, at(73));
    await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 73, 80), at(80));
    const week = shopSpec({ monitoring: { every: '8 days' } });
    expect(await measureWindow({ ...stores, spec: week, time: at(80) })).toMatchObject({
      ...{ measured: true, window: nameOf(72, 80) },
      versions: [
        { version: 1, periods: 1 },
        { version: 2, periods: 7 },
      ],
    });
  });

  test('nothing changes when it is measured again', async () => {
    const spec = shopSpec();
    const stores = await delivered(spec);
    const key = await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 70, 77), at(77));
    const read = () =>
      Promise.all(
        (['json', 'html'] as const).map(kind =>
          textOf(stores.models, modelKeys.window('sales', nameOf(70, 77), kind)),
        ),
      );
    await measureWindow({ ...stores, spec, time: at(77), key });
    const first = await read();
    await measureWindow({ ...stores, spec, time: at(78), key });
    expect(await read()).toEqual(first);
    expect(first[1]).toMatch(/^<!doctype html>/);
  });
});

describe('without anything to compare, the record says why', () => {
  test('no forecast covers the window', async () => {
    const spec = shopSpec();
    const stores = temporaryStores();
    const key = await accept(stores, spec, 'sales', salesCsv(['a'], 0, 70), at(70));
    const record = await measureWindow({ ...stores, spec, time: at(70), key });
    expect(record).toEqual({
      ...{ model: 'sales', window: nameOf(0, 70), from: at(0), to: at(70), measured: false },
      data: {
        ...{ table: 'sales', asOf: at(70), newest: at(69), age: 86_400 },
        ...{ files: 1, rows: 70, missing: 0 },
      },
      summary: `Nothing to compare: no forecast covers ${dayOf(0)} to ${dayOf(70)}`,
    });
    expect(await listMonitoring(stores.models, 'sales')).toEqual([record]);
    expect(await textOf(stores.models, modelKeys.window('sales', nameOf(0, 70), 'html'))).toContain(
      'Nothing to compare',
    );
  });

  test('the truth is not there yet', async () => {
    const spec = shopSpec();
    const stores = await delivered(spec);
    expect(await measureWindow({ ...stores, spec, time: at(72) })).toMatchObject({
      ...{ measured: false, window: nameOf(71, 72) },
      summary: `Nothing to compare: no ground truth is there yet for ${dayOf(71)} to ${dayOf(72)}`,
    });
  });

  test('a part of a table that is not forecast: nothing is written', async () => {
    const spec = shopSpec();
    const stores = await delivered(spec);
    const key = await accept(stores, spec, 'shops', 'shop\na\n', time);
    expect(await measureWindow({ ...stores, spec, time, key })).toMatchObject({
      measured: false,
      summary: 'Nothing to measure: table shops does not hold the series that are forecast',
    });
    expect(await listMonitoring(stores.models, 'sales')).toEqual([]);
  });

  test('a part that is not there is an error by name', async () => {
    const spec = shopSpec();
    const key = dataKeys.acceptedPart('sales', 'sales', 'a'.repeat(64));
    await expect(measureWindow({ ...temporaryStores(), spec, time, key })).rejects.toThrow(
      ObjectNotFoundError,
    );
  });
});

test('the page shows hostile names as text', async () => {
  const spec = shopSpec();
  const shop = `<script>alert("&")</script>`;
  const stores = await delivered(spec, [shop]);
  const key = await accept(stores, spec, 'sales', salesCsv([shop], 70, 77), at(77));
  const { window } = await measureWindow({ ...stores, spec, time: at(77), key });
  const page = await textOf(stores.models, modelKeys.window('sales', window, 'html'));
  expect(page).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
  expect(page).not.toContain('<script');
  expect(page).toContain("default-src 'none'".replaceAll("'", '&#39;'));
  expect(page).toContain('<svg');
});
