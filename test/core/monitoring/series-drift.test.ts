import { describe, expect, test } from 'vitest';
import { snapshotDataset } from '../../../core/data/dataset/snapshot-dataset.ts';
import { writeReference } from '../../../core/monitoring/drift/write-reference.ts';
import { measureWindow } from '../../../core/monitoring/measure-window.ts';
import { windowMetrics } from '../../../core/monitoring/window-metrics.ts';
import { predictBatch } from '../../../core/serving/predict-batch.ts';
import type { ForecastingSpec } from '../../../core/spec/schema.ts';
import { modelKeys } from '../../../core/storage/layout.ts';
import { seededRandom } from '../../../core/training/seeded-random.ts';
import {
  accept,
  dayOf,
  deliver,
  FIRST_DAY,
  type Stores,
  salesCsv,
  shopSpec,
  temporaryStores,
  textOf,
} from '../../support/forecasting-loop.ts';

const at = (day: number): string => new Date(FIRST_DAY + day * 86_400_000).toISOString();
const SHOPS = ['a', 'b', 'c', 'd'];
const WEEK = [0, 200, 100, 20, 400, 600, 30];
const DAYS = 140;

/** A strong week, and noise that is small beside it. */
const seasonal = (() => {
  const random = seededRandom(1);
  const noise = Array.from({ length: 4 * 400 }, () => Math.floor(20 * random()));
  return (shop: number, day: number): number =>
    1000 + 100 * shop + (WEEK[day % 7] ?? 0) + (noise[shop * 400 + day] ?? 0);
})();

/** A version in production, and a reference: of the days [0, 140). */
async function delivered(spec: ForecastingSpec): Promise<Stores> {
  const stores = temporaryStores();
  await accept(stores, spec, 'sales', salesCsv(SHOPS, 0, DAYS, seasonal), at(DAYS));
  await writeReference(stores.data, spec, await snapshotDataset({ data: stores.data, spec, time: at(DAYS) }));
  await deliver(stores, spec, at(DAYS));
  return stores;
}

const spec = shopSpec({ candidates: [{ trainer: 'baseline' }] });

async function measured(csv: string) {
  const stores = await delivered(spec);
  const key = await accept(stores, spec, 'sales', csv, at(DAYS + 7));
  return await measureWindow({ ...stores, spec, time: at(DAYS + 7), key });
}

describe('series of a window', () => {
  test('that follow their season show no drift', async () => {
    const record = await measured(salesCsv(SHOPS, DAYS, DAYS + 7, seasonal));
    expect(record.drift).toMatchObject({
      ...{ tested: 4, drifted: 0, datasetDrift: false, season: 7, from: at(DAYS) },
      rows: { reference: 4 * DAYS, window: 28 },
      series: { appeared: [], vanished: [] },
      prediction: { name: 'level of the forecasts', test: 'level', drifted: false },
    });
    expect(windowMetrics(record).PredictionDrift).toBe(record.drift?.prediction?.excess);
    expect(record).toMatchObject({
      measured: true,
      groundTruth: { source: 'forecasts', predictions: 28, known: 28, share: 1, withoutPrediction: 0 },
      estimated: { estimate: true, method: 'interval-widths', metric: 'mase', predictions: 28 },
      testInterval: { metric: 'mase', confidence: 0.95 },
    });
    expect(windowMetrics(record)).toMatchObject({ DriftedShare: 0, DatasetDrift: 0, LabelCoverage: 1 });
  });

  test('whose level moves by a little of the season and much of the noise show drift', async () => {
    const moved = (shop: number, day: number): number => seasonal(shop, day) + (shop < 2 ? 40 : 0);
    const { drift } = await measured(salesCsv(SHOPS, DAYS, DAYS + 7, moved));
    expect(drift).toMatchObject({ tested: 4, drifted: 2, share: 0.5, datasetDrift: true });
    expect(
      drift?.features
        .slice(0, 2)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['a', 'b']);
  });

  test('that appear and vanish are named; one that vanished has drifted', async () => {
    const { drift } = await measured(
      salesCsv(['a', 'b', 'c'], DAYS, DAYS + 7, seasonal).replaceAll('"c"', '"new"'),
    );
    expect(drift).toMatchObject({
      ...{ series: { appeared: ['new'], vanished: ['c', 'd'] }, tested: 4, drifted: 2 },
      features: expect.arrayContaining([
        expect.objectContaining({ name: 'd', drifted: true, reason: 'No value in 7 periods' }),
      ]),
    });
  });

  test('without anything that happened yet are not called drifted', async () => {
    const stores = await delivered(spec);
    const record = await measureWindow({ ...stores, spec, time: at(DAYS + 2) });
    expect(record).toMatchObject({
      measured: false,
      summary: `Nothing to compare: no ground truth is there yet for ${dayOf(DAYS + 1)} to ${dayOf(DAYS + 2)}`,
      groundTruth: { predictions: 4, known: 0, share: 0 },
      estimated: { estimate: true },
    });
    // What is forecast is known all the same.
    expect(record.drift).toMatchObject({ tested: 0, share: null, prediction: { drifted: false } });
    expect(windowMetrics(record)).toEqual({
      ...{ PredictionDrift: record.drift?.prediction?.excess, LabelCoverage: 0 },
      EstimatedErrorRatio: record.estimated?.errorRatio,
    });
    const page = await textOf(stores.models, modelKeys.window('sales', record.window, 'html'));
    expect(page).toContain('None of the series can be compared yet.');
    expect(page).toContain('<code>level of the forecasts</code> (predicted)');
  });
});

test('forecasts of data that has moved have drifted in the window that they are for, truth or not', async () => {
  const stores = await delivered(spec);
  const moved = (shop: number, day: number): number => 3 * seasonal(shop, day);
  await accept(stores, spec, 'sales', salesCsv(SHOPS, DAYS, DAYS + 14, moved), at(DAYS + 14));
  await predictBatch({ ...stores, spec, time: at(DAYS + 14) });
  const record = await measureWindow({ ...stores, spec, time: at(DAYS + 15) });
  expect(record).toMatchObject({ measured: false, drift: { version: 1, prediction: { drifted: true } } });
  expect(record.drift?.prediction?.reason).toMatch(
    /^4 of 4 series are forecast further from what is usual than their history was; furthest d by /,
  );
  // The window before was forecast when nothing had moved.
  const week = { from: new Date(at(DAYS)), to: new Date(at(DAYS + 7)) };
  const before = await measureWindow({ ...stores, spec, time: at(DAYS + 15), range: week });
  expect(before.drift).toMatchObject({ drifted: 4, prediction: { drifted: false } });
});

test('a level that only a trend has moved is none, a level far beyond it is', async () => {
  const trend = (shop: number, day: number): number => seasonal(shop, day) + 3 * day;
  const of = async (later: (shop: number, day: number) => number) => {
    const stores = temporaryStores();
    await accept(stores, spec, 'sales', salesCsv(SHOPS, 0, DAYS, trend), at(DAYS));
    await writeReference(
      stores.data,
      spec,
      await snapshotDataset({ data: stores.data, spec, time: at(DAYS) }),
    );
    await deliver(stores, spec, at(DAYS));
    const key = await accept(stores, spec, 'sales', salesCsv(SHOPS, DAYS, DAYS + 7, later), at(DAYS + 7));
    return (await measureWindow({ ...stores, spec, time: at(DAYS + 7), key })).drift;
  };
  expect(await of(trend)).toMatchObject({ tested: 4, drifted: 0 });
  expect(await of((shop, day) => 2 * trend(shop, day))).toMatchObject({ tested: 4, drifted: 4 });
});
