import { describe, expect, test } from 'vitest';
import { predictBatch } from '../../../../core/serving/predict-batch.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import { ASKED_AT, ask, call, endpointOf, storesOfFile } from '../../../support/endpoint.ts';
import { accept, parquetRows } from '../../../support/forecasting-loop.ts';
import { deliverParcels, HUBS_CSV, parcelSpec, parcelsCsv } from '../../../support/tabular-loop.ts';

const time = '2026-03-02T06:00:00.000Z';
const stores = storesOfFile();

/** Parcels under a strict contract, with features by SQL. */
const spec = parcelSpec({
  tables: {
    parcels: {
      time: 'sent',
      read: { timezone: 'Asia/Tokyo' },
      columns: {
        sent: { type: 'timestamp', required: true, min: '2026-01-01' },
        number: { type: 'integer' },
        hub: { type: 'string', pattern: '[a-z]{3}', references: 'hubs.hub', tolerance: 0.5 },
        distance: { type: 'number', min: 0, max: 200 },
        hours: { type: 'number' },
      },
    },
    hubs: { mode: 'replace', columns: { hub: { type: 'string' }, region: { type: 'string' } } },
  },
  examples: {
    base: 'parcels',
    id: ['number'],
    joins: [{ table: 'hubs', on: 'parcels.hub = hubs.hub' }],
    features: {
      distance: 'parcels.distance',
      hour: 'hour(parcels.sent)',
      region: 'hubs.region',
      small: 'CAST(parcels.distance * 200 AS SMALLINT)',
    },
    target: 'parcels.hours > 39',
  },
});

const good = { sent: '2026-02-01T21:30:00+09:00', hub: 'ams', distance: 40 };
const { endpoint } = endpointOf(stores, 'parcels');

test('rows within the contract are answered as in batch, features by SQL', async () => {
  await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
  const key = dataKeys.request('parcels', 'rows.csv');
  const csv =
    'sent,hub,distance\n2026-02-01T12:30:00Z,ams,40\n2026-02-01T23:59:59.999999Z,cdg,3.5\n2026-02-01T00:00:00Z,,\n';
  await stores.data.put(key, csv);
  await predictBatch({ ...stores, spec, time, key });
  const batch = await parquetRows(stores.data, dataKeys.predictions('parcels', 1, 'rows.parquet'));
  const { answer, log } = await call(endpoint, { body: csv });
  expect(answer.predictions).toEqual(batch.map(({ prediction }) => prediction));
  expect(answer.probabilities.map((one: Record<string, number>) => one.true)).toEqual(
    batch.map(({ probability_true }) => probability_true),
  );
  expect(log[0]).toMatchObject({ features: { distance: 40, hour: 12, region: 'east', small: 8000 } });
  expect((await ask(endpoint, [good])).log[0]).toMatchObject({ features: { hour: 12 } });
});

describe('what the contract forbids is refused by field, row and reason', () => {
  const cases: [string, Record<string, unknown>, unknown][] = [
    [
      'below the least',
      { distance: -1 },
      { row: 1, field: 'distance', found: -1, reason: 'the least value allowed is 0' },
    ],
    [
      'above the largest',
      { distance: 201 },
      { row: 1, field: 'distance', found: 201, reason: 'the largest value allowed is 200' },
    ],
    [
      'before the first day',
      { sent: '2025-12-31T23:59:00Z' },
      {
        row: 1,
        field: 'sent',
        found: '2025-12-31T23:59:00Z',
        reason: 'the least value allowed is 2026-01-01',
      },
    ],
    ['required', { sent: null }, { row: 1, field: 'sent', found: null, reason: 'a value is required' }],
    [
      'of another pattern',
      { hub: 'AMS' },
      { row: 1, field: 'hub', found: 'AMS', reason: 'a text is expected that matches [a-z]{3} as a whole' },
    ],
    [
      'unknown to the table referred to',
      { hub: 'xyz' },
      { row: 1, field: 'hub', found: 'xyz', reason: 'a value of hubs.hub is expected' },
    ],
    [
      'a local time, where clocks of another zone are used',
      { sent: '2026-02-01T12:30:00' },
      {
        row: 1,
        field: 'sent',
        found: '2026-02-01T12:30:00',
        reason: 'a timestamp such as "2026-01-31T13:45:00Z", with its offset from UTC is expected',
      },
    ],
  ];
  test.each(cases)('%s', async (_, changes, problem) => {
    const { status, answer } = await ask(endpoint, [good, { ...good, ...changes }]);
    expect([status, answer.problems[0]]).toEqual([400, problem]);
  });

  test('what a feature cannot be computed from', async () => {
    const { status, answer } = await ask(endpoint, [good, { ...good, distance: 199.9 }, good]);
    expect(status).toBe(400);
    expect(answer.problems).toEqual([
      {
        row: 1,
        reason: expect.stringMatching(/^its features cannot be computed: Conversion Error: .*39980/),
      },
    ]);
    expect((await ask(endpoint, [good])).status).toBe(200);
  });
});

test('a newer file of a joined table counts a minute later, without a wait for whoever asks', async () => {
  const regionAt = async (seconds: number): Promise<unknown> => {
    const now = new Date(ASKED_AT.getTime() + seconds * 1000);
    const { log } = await ask(endpoint, [good], { now });
    return log[0];
  };
  expect(await regionAt(1)).toMatchObject({ features: { region: 'east' } });
  await accept(stores, spec, 'hubs', HUBS_CSV.replace('ams,east', 'ams,south'), '2026-03-03T00:00:00.000Z');
  expect(await regionAt(59)).toMatchObject({ features: { region: 'east' } });
  expect(await regionAt(400)).toMatchObject({ features: { region: 'south' } });
});

test('a joined table that has two rows for one is refused, never chosen from', async () => {
  await accept(stores, spec, 'hubs', `${HUBS_CSV}ams,north\n`, '2026-03-04T00:00:00.000Z');
  const now = new Date(ASKED_AT.getTime() + 2_000_000);
  const { status, answer } = await ask(endpoint, [{ ...good, hub: 'ber' }, good], { now });
  expect(status).toBe(400);
  expect(answer.problems).toEqual([
    {
      row: 1,
      reason: 'a join finds several rows for it; at most one may belong to a row (key: in the contract)',
    },
  ]);
});
