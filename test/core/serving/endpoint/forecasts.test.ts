import { describe, expect, test } from 'vitest';
import { predictBatch } from '../../../../core/serving/predict-batch.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import { ASKED_AT, ask, call, endpointOf, storesOfFile } from '../../../support/endpoint.ts';
import { accept, dayOf, deliver, salesCsv, shopSpec, textOf } from '../../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const stores = storesOfFile();
const { endpoint } = endpointOf(stores, 'sales');
const spec = shopSpec();

/** The forecast of a shop and day, as the file for people has it. */
async function inFile(shop: string, day: number): Promise<number[]> {
  const csv = await textOf(stores.data, dataKeys.predictions('sales', 1, 'forecast.csv'));
  const line = csv.split('\n').find(one => one.startsWith(`${shop},${dayOf(day)}`));
  return (line ?? '').split(',').slice(2).map(Number);
}

describe('an endpoint of forecasts', () => {
  test('answers from the latest forecast, by series and time, or by steps ahead', async () => {
    await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 0, 70), time);
    await deliver(stores, spec, time);
    const [forecast, lower80, upper80, lower95, upper95] = await inFile('b', 72);
    const expected = {
      predictions: [forecast],
      ...{ lower_80: [lower80], upper_80: [upper80], lower_95: [lower95], upper_95: [upper95] },
      ...{ model: 'sales', version: 1, variant: 'champion', request: 'r1' },
    };
    const { answer, log } = await ask(endpoint, [{ shop: 'b', day: dayOf(72) }]);
    expect(answer).toEqual(expected);
    expect((await ask(endpoint, [{ shop: 'b', horizon: 3 }])).answer).toEqual(expected);
    expect((await call(endpoint, { body: `day,shop\n${dayOf(72)},b\n` })).answer).toEqual(expected);
    expect(log).toEqual([
      {
        ...{
          antei: 'prediction',
          time: ASKED_AT.toISOString(),
          model: 'sales',
          version: 1,
          variant: 'champion',
        },
        ...{ request: 'r1', row: 0, id: { shop: 'b', day: `${dayOf(72)}T00:00:00.000Z` }, features: {} },
        ...{
          prediction: forecast,
          lower_80: lower80,
          upper_80: upper80,
          lower_95: lower95,
          upper_95: upper95,
        },
        milliseconds: 1.5,
      },
    ]);
  });

  const cases: [string, Record<string, unknown>, unknown][] = [
    [
      'an unknown series',
      { shop: 'z', day: dayOf(72) },
      { row: 0, found: { shop: 'z' }, reason: 'there is no such series in the data of the version' },
    ],
    [
      'a day before',
      { shop: 'a', day: dayOf(69) },
      {
        row: 0,
        field: 'day',
        reason: `the forecast covers ${dayOf(70)} up to, but not including, ${dayOf(77)}`,
      },
    ],
    [
      'a day after',
      { shop: 'a', day: dayOf(77) },
      {
        row: 0,
        field: 'day',
        reason: `the forecast covers ${dayOf(70)} up to, but not including, ${dayOf(77)}`,
      },
    ],
    [
      'too many steps',
      { shop: 'a', horizon: 8 },
      { row: 0, field: 'horizon', found: 8, reason: 'the largest value allowed is 7' },
    ],
    ['no day', { shop: 'a', day: null }, { row: 0, field: 'day', reason: 'a value is required' }],
  ];
  test.each(cases)('refuses %s', async (_, row, problem) => {
    const { status, answer } = await ask(endpoint, [row]);
    expect([status, answer.problems]).toEqual([400, [problem]]);
  });

  test('continues new data when it was accepted, and monitoring keeps what was in force', async () => {
    const key = await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 70, 73), '2026-04-02T00:00:00.000Z');
    const asked = { shop: 'a', day: dayOf(78) };
    expect((await ask(endpoint, [asked])).status).toBe(400);
    const first = await textOf(stores.data, dataKeys.forecastFrom('sales', 1, `${dayOf(70)}T00:00:00Z`));
    const refresh = { ...stores, spec, time: '2026-04-02T00:00:00.000Z', key };
    expect((await predictBatch(refresh)).version).toBe(1);
    // Half a minute later, at most.
    const now = new Date(ASKED_AT.getTime() + 61_000);
    expect((await ask(endpoint, [asked], { now })).answer.predictions).toEqual([(await inFile('a', 78))[0]]);
    expect(await textOf(stores.data, dataKeys.forecastFrom('sales', 1, `${dayOf(70)}T00:00:00Z`))).toBe(
      first,
    );
    expect(
      JSON.parse(await textOf(stores.data, dataKeys.forecastFrom('sales', 1, `${dayOf(73)}T00:00:00Z`))).grid
        .start,
    ).toBe(`${dayOf(73)}T00:00:00.000Z`);
    // Asked again, or late, it stays as it is.
    const json = dataKeys.predictions('sales', 1, 'forecast.json');
    const latest = await textOf(stores.data, json);
    await Promise.all([predictBatch(refresh), predictBatch({ ...refresh, time })]);
    expect(await textOf(stores.data, json)).toBe(latest);
  });

  test('is not concerned by parts of other tables, nor before anything is in production', async () => {
    const key = await accept(stores, spec, 'shops', 'shop\na\n', time);
    expect(await predictBatch({ ...stores, spec, time, key })).toEqual({ version: null, keys: [] });
    const other = shopSpec({ name: 'others' });
    const part = await accept(stores, other, 'sales', salesCsv(['a'], 0, 70), time);
    expect(await predictBatch({ ...stores, spec: other, time, key: part })).toEqual({
      version: null,
      keys: [],
    });
  });
});
