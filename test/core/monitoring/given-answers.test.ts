import { describe, expect, test } from 'vitest';
import { writeReference } from '../../../core/monitoring/drift/write-reference.ts';
import { measureWindow } from '../../../core/monitoring/measure-window.ts';
import { findMonitoring } from '../../../core/monitoring/monitoring-record.ts';
import { adviceOf } from '../../../core/monitoring/report/advice.ts';
import { windowMetrics } from '../../../core/monitoring/window-metrics.ts';
import { predictBatch } from '../../../core/serving/predict-batch.ts';
import {
  type AnsweredEntry,
  type PredictionLogEntry,
  predictionLogLine,
} from '../../../core/serving/prediction-log.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { accept, type Stores, temporaryStores } from '../../support/forecasting-loop.ts';
import { deliverParcels, hoursSpec, parcel, parcelsCsv } from '../../support/tabular-loop.ts';

const time = '2026-03-12T00:00:00.000Z';
const spec = hoursSpec({
  candidates: [{ trainer: 'baseline' }],
  monitoring: { every: '10 days', performance: { metric: 'mae' } },
});

/** Parcels of the first sixty days, until 1 March, are in production; the window has those of the next ten. */
async function delivered(): Promise<Stores> {
  const stores = temporaryStores();
  const { trained } = await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
  await writeReference(stores.data, spec, trained.dataset);
  return stores;
}

const hoursOf = (number: number): number => Number(parcel(number).split(',')[4]);

const answer = (number: number, changes: Partial<AnsweredEntry> = {}): AnsweredEntry => ({
  ...{ antei: 'prediction', time: '2026-03-05T10:00:00.000Z', model: 'parcels', request: `r${number}` },
  ...{ milliseconds: 10 + (number % 10), version: 1, variant: 'champion', row: 0, id: { number } },
  ...{
    features: { distance: (number * 37) % 101, hub: 'ams', region: 'east' },
    prediction: hoursOf(number) + 2,
  },
  ...changes,
});

async function log(stores: Stores, entries: readonly PredictionLogEntry[]): Promise<void> {
  const key = dataKeys.predictionLog('parcels');
  await stores.data.put(
    `${key}2026/03/05/10/log.jsonl`,
    `${entries.map(predictionLogLine).join('\n')}\nnot an entry\n`,
  );
}

describe('answers of the endpoint', () => {
  test('are joined to the truth by id; what lacks the one or the other is counted', async () => {
    const stores = await delivered();
    await accept(stores, spec, 'parcels', parcelsCsv(600, 650), time);
    const answered = [...Array.from({ length: 40 }, (_, i) => 600 + i), 900, 901];
    await log(stores, [
      ...answered.map(number => answer(number)),
      // Delivered twice; what only a trial said; and a failure.
      answer(600),
      answer(641, { variant: 'shadow' }),
      {
        ...{
          antei: 'prediction',
          time: '2026-03-05T10:30:00.000Z',
          model: 'parcels',
          request: 'bad',
          row: 0,
        },
        ...{ milliseconds: 500, version: 1, variant: 'champion', status: 500 },
        error: { name: 'Error', message: 'gone' },
      },
    ]);
    const record = await measureWindow({ ...stores, spec, time });
    expect(record).toMatchObject({
      ...{ measured: true, version: 1, error: expect.closeTo(2, 9), metrics: { rows: 40 } },
      groundTruth: {
        ...{ source: 'prediction-log', predictions: 42, known: 40, withoutPrediction: 10 },
        share: expect.closeTo(40 / 42, 12),
      },
      serving: {
        ...{ requests: 43, errors: 1, refusals: 0, rows: 42, unreadable: 1, repeated: 1 },
        ...{ availability: expect.closeTo(42 / 43, 12), latency: { p50: 14, p99: 500 } },
      },
    });
  });

  test('without any truth yet are said to have none', async () => {
    const stores = await delivered();
    await accept(stores, spec, 'parcels', parcelsCsv(600, 603), time);
    await log(stores, [answer(900), answer(901)]);
    expect(await measureWindow({ ...stores, spec, time })).toMatchObject({
      ...{ measured: false, groundTruth: { predictions: 2, known: 0, withoutPrediction: 3 } },
      summary:
        'Nothing to compare: none of 2 predictions of 2026-03-02 to 2026-03-12 has a target by now, and 3 rows with a target were not asked about',
    });
  });

  test('whose truth lies outside of the window count all the same', async () => {
    const stores = await delivered();
    await accept(stores, spec, 'parcels', parcelsCsv(700, 720), '2026-04-01T00:00:00.000Z');
    await log(stores, [answer(705)]);
    expect(await measureWindow({ ...stores, spec, time })).toMatchObject({
      ...{ measured: true, groundTruth: { predictions: 1, known: 1, withoutPrediction: 0 } },
    });
  });
});

test('answers to request files that name their rows are joined by id too', async () => {
  const stores = await delivered();
  const requested = parcelsCsv(600, 620)
    .trimEnd()
    .split('\n')
    .map(line => line.split(',').slice(0, 4).join(','));
  const key = dataKeys.request('parcels', 'ask.csv');
  await stores.data.put(key, `${requested.join('\n')}\n`);
  await predictBatch({ ...stores, spec, time, key });
  await accept(stores, spec, 'parcels', parcelsCsv(610, 640), time);
  const record = await measureWindow({ ...stores, spec, time });
  expect(record).toMatchObject({
    measured: true,
    groundTruth: { source: 'requests', predictions: 10, known: 10, withoutPrediction: 20 },
  });
  // Ten rows say little of an error: it is told, and no alarm hears of it.
  const { ForecastError, ForecastErrorRatio } = windowMetrics(record);
  expect([ForecastError, ForecastErrorRatio]).toEqual([record.measured && record.error, undefined]);
  expect(adviceOf(record)).toContain(
    'The truth is known of fewer than 30 rows: too few to tell an error from chance, so that no alarm hears of it.',
  );
});

test('a window without rows, log or requests says so', async () => {
  const stores = await delivered();
  const record = await measureWindow({ ...stores, spec, time: '2026-06-01T00:00:00.000Z' });
  expect(record).toMatchObject({
    measured: false,
    summary: 'Nothing to compare: 0 rows of 2026-05-22 to 2026-06-01 have a target by now',
  });
  expect(record.drift).toBeUndefined();
  expect(record.groundTruth).toBeUndefined();
});

test('labels that arrive with a part update the windows that wait for them', async () => {
  const stores = await delivered();
  const open = parcelsCsv(600, 650).replace(/,[\d.]+$/gm, ',');
  await accept(stores, spec, 'parcels', open, time);
  const { window } = await measureWindow({ ...stores, spec, time });
  const key = await accept(stores, spec, 'parcels', parcelsCsv(600, 630), '2026-03-13T00:00:00.000Z');
  await measureWindow({ ...stores, spec, time: '2026-03-13T00:00:00.000Z', key });
  expect(await findMonitoring(stores.models, 'parcels', window)).toMatchObject({
    measured: true,
    groundTruth: { predictions: 50, known: 30 },
    // What came later than the first measurement is no part of what was delivered then.
    data: { asOf: time, rows: 650 },
  });
});
