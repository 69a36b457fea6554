import { describe, expect, test } from 'vitest';
import { predictBatch } from '../../../core/serving/predict-batch.ts';
import type { TabularSpec } from '../../../core/spec/schema.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { PredictionError } from '../../../core/telemetry/errors.ts';
import { parquetRows, type Stores, temporaryStores, textOf } from '../../support/forecasting-loop.ts';
import { deliverParcels, hoursSpec, parcelSpec, parcelsCsv } from '../../support/tabular-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const alone = { candidates: [{ trainer: 'baseline' }] };

async function inProduction(spec: TabularSpec): Promise<Stores> {
  const stores = temporaryStores();
  await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
  return stores;
}

async function ask(stores: Stores, spec: TabularSpec, file: string, content: string): Promise<string[]> {
  const key = dataKeys.request(spec.name, file);
  await stores.data.put(key, content);
  return (await predictBatch({ ...stores, spec, key, time })).keys;
}

describe('a request for predictions', () => {
  test('is answered row by row: its own columns, the class and the probability of each', async () => {
    const spec = parcelSpec(alone);
    const stores = await inProduction(spec);
    const keys = await ask(stores, spec, 'june.csv', 'hub,distance,note\ncdg,90,x\nnowhere,,=1+1\n,far,\n');
    expect(keys).toEqual([
      dataKeys.predictions('parcels', 1, 'june.parquet'),
      dataKeys.predictions('parcels', 1, 'june.csv'),
    ]);
    // 230 of the 400 parcels of the training part were late.
    expect(await textOf(stores.data, keys[1] ?? '')).toBe(
      `hub,distance,note,prediction,probability_false,probability_true,reason
cdg,90,x,true,0.425,0.575,
nowhere,,'=1+1,true,0.425,0.575,
,far,,,,,"the distance ""far"" is no number"
`,
    );
    expect(await parquetRows(stores.data, keys[0] ?? '')).toHaveLength(3);
  });

  test('of a regression has the prediction and its intervals', async () => {
    const spec = hoursSpec(alone);
    const stores = await inProduction(spec);
    const keys = await ask(stores, spec, 'june.csv', 'hub,distance\ncdg,90\n');
    const [row] = await parquetRows(stores.data, keys[0] ?? '');
    expect(Object.keys(row ?? {})).toEqual([
      ...['hub', 'distance', 'prediction', 'lower_80', 'upper_80', 'lower_95', 'upper_95', 'reason'],
    ]);
    const { prediction, lower_80, upper_80, lower_95, upper_95 } = row ?? {};
    expect(prediction).toBeCloseTo(43.1975, 9);
    // 100 errors of the validation part: the 81st and the 96th of them, ⌈101 · level⌉.
    expect(Number(upper_80) - Number(prediction)).toBeCloseTo(Number(prediction) - Number(lower_80), 9);
    expect(Number(upper_95)).toBeGreaterThan(Number(upper_80));
    expect(Number(lower_95)).toBeLessThan(Number(lower_80));
  });

  test('a value of the wrong type is named and not predicted from, unless no feature looks at it', async () => {
    const spec = hoursSpec({
      ...alone,
      examples: {
        ...hoursSpec().examples,
        joins: [],
        features: { far: 'parcels.distance > 50', hour: 'hour(parcels.sent)' },
      },
    });
    const stores = await inProduction(spec);
    const rows = [
      '2026-03-01 05:00:00,7,1.5',
      // Wrong, but it is not looked at.
      '2026-03-01 05:00:00,seven,1.5',
      'tomorrow,7,"1,5"',
      ',7,inf',
      ',,',
    ];
    const [, csv = ''] = await ask(stores, spec, 'a.csv', `sent,number,distance\n${rows.join('\n')}\n`);
    const answers = await parquetRows(stores.data, csv.replace('.csv', '.parquet'));
    expect(answers.map(({ reason }) => reason)).toEqual([
      null,
      null,
      'the distance "1,5" is no number; the sent "tomorrow" is no timestamp',
      'the distance "inf" is no number',
      null,
    ]);
    for (const { reason, ...answer } of answers) {
      const added = [answer.prediction, answer.lower_80, answer.upper_80, answer.lower_95, answer.upper_95];
      expect(added.every(value => (value === null) === (reason !== null))).toBe(true);
    }
  });

  test('asked again has the same bytes', async () => {
    const spec = parcelSpec(alone);
    const stores = await inProduction(spec);
    const content = 'hub,distance\nams,1\nber,2\n';
    const [key = ''] = await ask(stores, spec, 'a.csv', content);
    const first = await stores.data.get(key);
    await ask(stores, spec, 'a.csv', content);
    expect((await stores.data.get(key))?.body).toEqual(first?.body);
  });

  test('must have what features look at, and nothing that the answer adds', async () => {
    const spec = parcelSpec(alone);
    const stores = await inProduction(spec);
    await expect(ask(stores, spec, 'a.csv', 'hub,sent\nams,2026-03-01\n')).rejects.toThrow(
      'The request requests/parcels/a.csv cannot be answered. Expected a column "distance"; found only "hub", "sent".',
    );
    await expect(ask(stores, spec, 'a.csv', 'hub,distance,Prediction\nams,1,2\n')).rejects.toThrow(
      'It has columns named "Prediction", which the answer adds (prediction, probability_false, probability_true, reason).',
    );
    await expect(ask(stores, spec, 'forecast.csv', 'hub,distance\nams,1\n')).rejects.toThrow(PredictionError);
  });

  test('goes through the SQL that the version was trained with, whatever the spec has become', async () => {
    const spec = parcelSpec(alone);
    const stores = await inProduction(spec);
    const { examples } = parcelSpec();
    const changed = parcelSpec({
      ...alone,
      examples: { ...examples, features: { nonsense: 'parcels.hours' } },
    });
    expect(await ask(stores, changed, 'a.csv', 'hub,distance\nams,1\n')).toHaveLength(2);
  });

  test('is refused when the spec asks for another task than the version in production has', async () => {
    const stores = await inProduction(parcelSpec(alone));
    await expect(ask(stores, hoursSpec(alone), 'a.csv', 'hub,distance\nams,1\n')).rejects.toThrow(
      'Version 1 of parcels is in production and was made for the task classification; the spec says regression.',
    );
  });

  test('a promotion asks for nothing', async () => {
    const spec = parcelSpec(alone);
    const stores = await inProduction(spec);
    expect(await predictBatch({ ...stores, spec, time })).toEqual({ version: 1, keys: [] });
  });
});
