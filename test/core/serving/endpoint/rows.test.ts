import { beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../../core/serving/endpoint/endpoint.ts';
import { predictBatch } from '../../../../core/serving/predict-batch.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import { ASKED_AT, ask, call, endpointOf, storesOfFile } from '../../../support/endpoint.ts';
import { parquetRows, temporaryStores } from '../../../support/forecasting-loop.ts';
import { deliverParcels, hoursSpec, parcelSpec, parcelsCsv } from '../../../support/tabular-loop.ts';

const time = '2026-03-02T06:00:00.000Z';
const stores = storesOfFile();
let endpoint: Endpoint;

/** Rows of a request in batch, for comparison. */
async function inBatch(csv: string): Promise<Record<string, unknown>[]> {
  const key = dataKeys.request('parcels', 'rows.csv');
  await stores.data.put(key, csv);
  await predictBatch({ ...stores, spec: parcelSpec(), time, key });
  return parquetRows(stores.data, dataKeys.predictions('parcels', 1, 'rows.parquet'));
}

beforeAll(async () => {
  await deliverParcels(stores, parcelSpec(), parcelsCsv(0, 600), time);
  ({ endpoint } = endpointOf(stores, 'parcels'));
});

describe('an answer', () => {
  test('names model, version and variant, and says what the same row gets in batch', async () => {
    const [far, near] = await inBatch('hub,distance\nams,90\ncdg,3\n');
    const { status, answer } = await ask(endpoint, [
      { hub: 'ams', distance: 90 },
      { hub: 'cdg', distance: 3 },
    ]);
    expect(status).toBe(200);
    expect(answer).toEqual({
      predictions: [far?.prediction, near?.prediction],
      probabilities: [far, near].map(row => ({
        false: row?.probability_false,
        true: row?.probability_true,
      })),
      ...{ model: 'parcels', version: 1, variant: 'champion', request: 'r1' },
    });
    expect(answer.predictions).toEqual(['true', 'false']);
  });

  test('is the same in every form of the protocol', async () => {
    const record = { hub: 'ams', distance: 90 };
    const { answer } = await ask(endpoint, [record]);
    const forms = [
      { dataframe_split: { index: [7], columns: ['distance', 'hub'], data: [[90, 'ams']] } },
      { instances: [record] },
      { inputs: { hub: ['ams'], distance: [90] } },
      'distance,hub\r\n90,ams\r\n',
      '\uFEFFhub,distance\n"ams",9e1',
    ];
    for (const body of forms) expect((await call(endpoint, { body })).answer).toEqual(answer);
  });

  test('of a regression has intervals', async () => {
    const own = temporaryStores();
    await deliverParcels(own, hoursSpec(), parcelsCsv(0, 600), time);
    const { answer } = await ask(endpointOf(own, 'parcels').endpoint, [{ hub: 'ams', distance: 50 }]);
    const [prediction] = answer.predictions;
    const at = (name: string): number => answer[name][0];
    expect(answer.lower_95[0]).toBeLessThanOrEqual(at('lower_80'));
    expect(at('lower_80')).toBeLessThan(prediction);
    expect(prediction).toBeLessThan(at('upper_80'));
    expect(at('upper_80')).toBeLessThanOrEqual(at('upper_95'));
    expect(answer.probabilities).toBeUndefined();
  });

  test('is logged, row by row, with what the model saw', async () => {
    const { log, answer } = await ask(endpoint, [
      { number: 7, hub: 'ams', distance: 90 },
      { hub: 'cdg', distance: null, number: null },
    ]);
    expect(log).toEqual([
      {
        ...{ antei: 'prediction', time: ASKED_AT.toISOString(), model: 'parcels', version: 1 },
        ...{ variant: 'champion', request: 'r1', row: 0, id: { number: 7 } },
        features: { distance: 90, hub: 'ams', region: 'east' },
        ...{ prediction: 'true', probabilities: answer.probabilities[0], milliseconds: 1.5 },
      },
      expect.objectContaining({
        row: 1,
        id: { number: null },
        features: { distance: null, hub: 'cdg', region: 'west' },
      }),
    ]);
  });

  test('warns of a category that the model has not seen', async () => {
    const { status, answer } = await ask(endpoint, [{ hub: 'zzz', distance: 3 }]);
    expect(status).toBe(200);
    expect(answer.warnings).toEqual([
      {
        ...{ row: 0, field: 'hub', found: 'zzz' },
        reason: 'the model was not trained on this category and takes it for a missing value',
      },
    ]);
  });
});

test('/version says what stands in production, and /ping that it can answer', async () => {
  const version = await call(endpoint, { method: 'GET', path: '/version' });
  expect(version.answer).toMatchObject({
    ...{ model: 'parcels', version: 1, task: 'classification', challenger: null },
    inputs: [
      { name: 'distance', type: 'number', needed: true },
      { name: 'hours', type: 'number', needed: false },
      { name: 'hub', type: 'string', needed: true },
      { name: 'number', type: 'integer', needed: false },
      { name: 'sent', type: 'timestamp', needed: false },
    ],
  });
  expect((await call(endpoint, { method: 'GET', path: '/ping' })).answer).toEqual({ status: 'healthy' });
});

describe('a request is refused by name', () => {
  const cases: [string, unknown, number, unknown][] = [
    [
      'a missing column',
      { dataframe_records: [{ hub: 'ams' }] },
      400,
      { field: 'distance', reason: 'the column is missing, and the model needs it' },
    ],
    [
      'a missing value',
      { dataframe_records: [{ hub: 'ams', distance: 1 }, { hub: 'ams' }] },
      400,
      { row: 1, field: 'distance', reason: 'the row has no "distance"; write null where it is not known' },
    ],
    [
      'an unknown column',
      { dataframe_records: [{ hub: 'ams', distance: 1, weight: 2 }] },
      400,
      {
        field: 'weight',
        reason: 'there is no such column; the model knows distance, hours, hub, number, sent',
      },
    ],
    [
      'a text for a number',
      { dataframe_records: [{ hub: 'ams', distance: '1' }] },
      400,
      {
        row: 0,
        field: 'distance',
        found: '1',
        reason: 'a finite number (in JSON without quotes) is expected',
      },
    ],
    [
      'a number for a text',
      { dataframe_records: [{ hub: 3, distance: 1 }] },
      400,
      { row: 0, field: 'hub', found: 3, reason: 'a text is expected' },
    ],
    [
      'no whole number',
      { dataframe_records: [{ hub: 'a', distance: 1, number: 1.5 }] },
      400,
      {
        row: 0,
        field: 'number',
        found: 1.5,
        reason: 'a whole number (in JSON without quotes, at most 9007199254740991 in size) is expected',
      },
    ],
    [
      'a text for a number, in CSV',
      'hub,distance\nams,1\nber,x',
      400,
      {
        row: 1,
        field: 'distance',
        found: 'x',
        reason: 'a finite number (in JSON without quotes) is expected',
      },
    ],
    [
      'a list for a number',
      { dataframe_records: [{ hub: 'ams', distance: [1] }] },
      400,
      {
        row: 0,
        field: 'distance',
        found: [1],
        reason: 'a finite number (in JSON without quotes) is expected',
      },
    ],
    [
      'no moment',
      { dataframe_records: [{ hub: 'a', distance: 1, sent: '2026-02-30' }] },
      400,
      {
        row: 0,
        field: 'sent',
        found: '2026-02-30',
        reason: 'a timestamp such as "2026-01-31T13:45:00Z" is expected',
      },
    ],
    [
      'ragged rows',
      { dataframe_split: { columns: ['hub', 'distance'], data: [['ams', 1], ['ams']] } },
      400,
      { row: 1, reason: 'the row has 1 values for 2 columns' },
    ],
    [
      'a column that is there twice',
      'hub,hub,distance\na,b,1',
      400,
      { field: 'hub', reason: 'the column is there twice' },
    ],
  ];
  test.each(cases)('%s', async (_, body, status, problem) => {
    const refused = await call(endpoint, { body });
    expect(refused.status).toBe(status);
    expect(refused.answer).toMatchObject({ error_code: 'BAD_REQUEST', problems: [problem], request: 'r1' });
    expect(refused.log).toEqual([
      expect.objectContaining({ status, error: { name: 'RefusedRequest', message: refused.answer.message } }),
    ]);
  });

  const wholes: [string, Parameters<typeof call>[1], number, string][] = [
    ['no JSON', { body: 'hub', contentType: 'application/json' }, 400, 'The body is not JSON.'],
    [
      'NaN, as Python writes it',
      { body: '{"instances":[{"hub":"ams","distance":NaN}]}', contentType: 'application/json' },
      400,
      'The body is not JSON. NaN and Infinity do not exist in JSON; write null for a missing value.',
    ],
    [
      'a number beyond all numbers',
      { body: '{"instances":[{"hub":"ams","distance":1e400}]}', contentType: 'application/json' },
      400,
      'row 0, field "distance": a finite number (in JSON without quotes) is expected. Found "Infinity".',
    ],
    [
      'a field that is there twice',
      { body: '{"instances":[{"hub":"a:\\"{","distance":1,"distance":2}]}', contentType: 'application/json' },
      400,
      'The body names a field twice in one object, so that nobody can tell which value is meant.',
    ],
    [
      'a million levels',
      { body: '['.repeat(1e6) + ']'.repeat(1e6), contentType: 'application/json' },
      400,
      'The body is nested 1000000 levels deep; at most 64 are read.',
    ],
    [
      'another form',
      { body: { rows: [] } },
      400,
      'The body must be a JSON object with exactly one of dataframe_split, dataframe_records, instances, inputs. Found "rows".',
    ],
    [
      'parameters',
      { body: { instances: [{ hub: 'ams', distance: 1 }], params: {} } },
      400,
      'The body must be a JSON object with exactly one of dataframe_split, dataframe_records, instances, inputs. Found "instances", "params".',
    ],
    ['no rows', { body: { dataframe_records: [] } }, 400, 'The request has no row.'],
    [
      'other shapes',
      { body: { dataframe_records: { hub: 1 } } },
      400,
      '"dataframe_records" must be [{name: value, …}, …].',
    ],
    ['an open quote', { body: 'hub,distance\n"ams,1' }, 400, 'Line 2 of the CSV: a quote is not closed.'],
    [
      'too many rows',
      { body: { instances: Array.from({ length: 10_001 }, () => ({ hub: 'ams', distance: 1 })) } },
      413,
      'The request has 10001 rows; at most 10000 are answered. Ask in parts, or put a file under requests/.',
    ],
    [
      'too many bytes',
      { body: `hub,distance\n${'a'.repeat(6 * 1024 ** 2)},1` },
      413,
      `The request has ${6 * 1024 ** 2 + 15} bytes; at most 6291456 (6 MB) are read. Ask in parts, or put a file under requests/.`,
    ],
    [
      'another type',
      { body: 'x', contentType: 'text/xml' },
      415,
      'The content type is "text/xml"; allowed are application/json and text/csv.',
    ],
    [
      'an encoding',
      { body: 'x', contentEncoding: 'gzip' },
      415,
      'The request is encoded as gzip; send it as it is.',
    ],
    [
      'another path',
      { path: '/invocation' },
      404,
      'There is no /invocation; there is POST /invocations, GET /ping, GET /version.',
    ],
    ['another method', { method: 'GET' }, 405, '/invocations takes POST, not GET.'],
  ];
  test.each(wholes)('%s', async (_, request, status, message) => {
    const refused = await call(endpoint, request);
    expect([refused.status, refused.answer.message]).toEqual([status, message]);
  });

  test('megabytes of text where none belong are named by their beginning', async () => {
    const long = 'x'.repeat(2e6);
    const { status, answer } = await ask(endpoint, [
      { hub: 'ams', distance: long },
      { hub: 'ams', distance: [long] },
    ]);
    expect(status).toBe(400);
    expect(answer.problems.map(({ found }: { found: string }) => found)).toEqual([
      `${'x'.repeat(200)}…`,
      `["${'x'.repeat(198)}…`,
    ]);
    expect(answer.message.length).toBeLessThan(400);
    const names = await call(endpoint, { body: { [long]: 1, instances: [] } });
    expect([names.status, names.answer.message.length < 400]).toEqual([400, true]);
  });

  test('texts with quotes, braces and colons are no structure', async () => {
    const body = '{"instances":[{"hub":"\\\\","distance":1},{"hub":"a\\":{[","distance":2}]}';
    expect((await call(endpoint, { body, contentType: 'application/json' })).status).toBe(200);
  });

  test('without anything in production', async () => {
    const { endpoint: empty } = endpointOf(temporaryStores(), 'parcels');
    const refused = await ask(empty, [{ hub: 'ams', distance: 1 }]);
    expect([refused.status, refused.answer.message]).toEqual([
      503,
      'No version of parcels is in production yet.',
    ]);
  });
});
