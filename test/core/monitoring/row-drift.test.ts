import { describe, expect, test } from 'vitest';
import { writeReference } from '../../../core/monitoring/drift/write-reference.ts';
import { measureWindow } from '../../../core/monitoring/measure-window.ts';
import { windowMetrics } from '../../../core/monitoring/window-metrics.ts';
import type { TabularSpec } from '../../../core/spec/schema.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { accept, type Stores, temporaryStores, textOf } from '../../support/forecasting-loop.ts';
import { deliverParcels, parcel, parcelSpec, parcelsCsv } from '../../support/tabular-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const candidates = { candidates: [{ trainer: 'gradient-boosting', hyperparameters: { trees: 20 } }] };

/** Parcels of the first sixty days are in production, and their reference is written. */
async function delivered(spec: TabularSpec): Promise<Stores> {
  const stores = temporaryStores();
  const { trained } = await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
  await writeReference(stores.data, spec, trained.dataset);
  return stores;
}

/** Parcels whose columns are changed. */
function changedCsv(from: number, to: number, change: (columns: string[]) => string[]): string {
  const [head, ...lines] = parcelsCsv(from, to).trimEnd().split('\n');
  return `${[head, ...lines.map(line => change(line.split(',')).join(','))].join('\n')}\n`;
}

async function measured(stores: Stores, spec: TabularSpec, csv: string) {
  const key = await accept(stores, spec, 'parcels', csv, time);
  return await measureWindow({ ...stores, spec, time, key });
}

describe('rows of a window', () => {
  const spec = parcelSpec(candidates);

  test('like those of the reference show no drift, of features or predictions', async () => {
    const record = await measured(await delivered(spec), spec, parcelsCsv(600, 700));
    expect(record.drift).toMatchObject({
      ...{ version: 1, tested: 3, drifted: 0, share: 0, threshold: 0.5, datasetDrift: false, season: null },
      rows: { reference: 600, window: 100 },
      prediction: { name: 'probability of true', drifted: false, test: 'kolmogorov-smirnov' },
    });
    const tests = record.drift?.features.map(({ name, test: used, psi }) => [name, used, psi]).sort();
    expect(tests).toEqual([
      ['distance', 'kolmogorov-smirnov', null],
      ['hub', 'chi-squared', null],
      ['region', 'z', null],
    ]);
    expect(record.groundTruth).toEqual({
      ...{ source: 'replayed', predictions: 100, known: 100, share: 1, withoutPrediction: 0 },
    });
    expect(windowMetrics(record)).toMatchObject({
      ...{ DriftedShare: 0, DatasetDrift: 0, LabelCoverage: 1 },
      ...{ PredictionDrift: expect.any(Number), EstimatedErrorRatio: expect.any(Number) },
    });
  });

  test('from another hub, and twice as far, show drift, the categories that are new, and the index on request', async () => {
    const psi = parcelSpec({ ...candidates, monitoring: { drift: { psi: true } } });
    const far = changedCsv(600, 700, ([sent = '', number = '', , distance, hours = '']) => [
      ...[sent, number, 'oslo', String(Number(distance) * 2), hours],
    ]);
    const { drift } = await measured(await delivered(psi), psi, far);
    expect(drift).toMatchObject({ tested: 3, drifted: 3, datasetDrift: true });
    const [first] = drift?.features ?? [];
    expect(first).toMatchObject({ drifted: true, psi: expect.any(Number) });
    expect(drift?.features.find(({ name }) => name === 'hub')).toMatchObject({
      unseen: { rows: 100, share: 1, values: ['oslo'] },
    });
    // The hub has no region: all values are missing, which no test can compare.
    expect(drift?.features.find(({ name }) => name === 'region')).toMatchObject({
      ...{ drifted: true, test: null, missing: { reference: 0, window: 1, threshold: expect.any(Number) } },
      reason: '100.0 % of the rows have no value, against 0.0 %; 0 values are too few to compare; it takes 5',
    });
  });

  test('without labels still show drift, and an estimate that says that it is one', async () => {
    const open = changedCsv(600, 700, columns => [...columns.slice(0, 4), '']);
    const record = await measured(await delivered(spec), spec, open);
    expect(record).toMatchObject({
      ...{ measured: false, drift: { tested: 3, datasetDrift: false } },
      groundTruth: { source: 'replayed', predictions: 100, known: 0, share: 0 },
      estimated: { estimate: true, method: 'calibrated-probabilities', metric: 'auc', predictions: 100 },
    });
    expect(record.estimated?.value).toBeGreaterThan(0.9);
    expect(windowMetrics(record)).not.toHaveProperty('ForecastErrorRatio');
  });

  test('are the same object when they are measured twice', async () => {
    const stores = await delivered(spec);
    const csv = parcelsCsv(600, 700);
    const first = await measured(stores, spec, csv);
    expect(await measured(stores, spec, csv)).toEqual(first);
  });
});

test('labels that arrive in several parts update what is known, each with its row again', async () => {
  const spec = parcelSpec({ ...candidates, monitoring: { every: '10 days' } });
  const stores = await delivered(spec);
  const open = (number: number): string => `${parcel(number).split(',').slice(0, 4).join(',')},`;
  const csvOf = (lines: readonly string[]): string => `sent,number,hub,distance,hours\n${lines.join('\n')}\n`;
  const numbers = Array.from({ length: 100 }, (_, i) => 600 + i);
  const window = { ...stores, spec, time: '2026-03-12T00:00:00.000Z' };
  await accept(stores, spec, 'parcels', csvOf(numbers.map(open)), time);
  expect((await measureWindow(window)).groundTruth).toMatchObject({ predictions: 100, known: 0 });
  await accept(stores, spec, 'parcels', csvOf(numbers.slice(0, 40).map(parcel)), time);
  expect((await measureWindow(window)).groundTruth).toMatchObject({
    predictions: 100,
    known: 40,
    share: 0.4,
  });
  await accept(stores, spec, 'parcels', csvOf(numbers.slice(40).map(parcel)), time);
  const last = await measureWindow(window);
  expect(last).toMatchObject({ measured: true, groundTruth: { predictions: 100, known: 100, share: 1 } });
  expect(last.drift?.rows).toEqual({ reference: 600, window: 100 });
});

test('a reference is written once, and says the same when it is written again', async () => {
  const spec = parcelSpec({ ...candidates, monitoring: { drift: { season: 'week' } } });
  const stores = temporaryStores();
  const { trained } = await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
  const key = dataKeys.dataset('parcels', trained.dataset.id, 'reference-week.json');
  await writeReference(stores.data, spec, trained.dataset);
  const first = await textOf(stores.data, key);
  await stores.data.delete(key);
  await writeReference(stores.data, spec, trained.dataset);
  expect(await textOf(stores.data, key)).toBe(first);
  expect(JSON.parse(first)).toMatchObject({ season: 'week', rows: 600 });
});
