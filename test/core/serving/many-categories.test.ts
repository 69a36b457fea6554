import { expect, test } from 'vitest';
import { predictBatch } from '../../../core/serving/predict-batch.ts';
import { dataKeys } from '../../../core/storage/layout.ts';
import { temporaryStores, textOf } from '../../support/forecasting-loop.ts';
import { deliverParcels, parcelSpec } from '../../support/tabular-loop.ts';

const CUSTOMERS = 100_000;
/** Rows that follow, of a few customers that come back often: those can be learned. */
const MORE = 20_000;
const FREQUENT = 10;

const customer = (row: number): number => (row < CUSTOMERS ? row : row % FREQUENT);
/** Late are the odd ones of those that come back, and of the others those with a long way. */
const hours = (row: number, distance: number): number =>
  row < CUSTOMERS ? (distance > 50 ? 50 : 10) : customer(row) % 2 === 1 ? 50 : 10;
const distanceOf = (row: number): number => (row * 37) % 101;

test('a feature with 100,000 values goes through the whole loop', async () => {
  const { examples } = parcelSpec();
  const spec = parcelSpec({
    examples: {
      ...examples,
      joins: [],
      features: { customer: 'parcels.hub', distance: 'parcels.distance' },
    },
    split: { by: 'hash', validation: 0.1, test: 0.1 },
    slices: ['customer'],
    candidates: [{ trainer: 'gradient-boosting', hyperparameters: { trees: 20 } }],
  });
  const lines = Array.from({ length: CUSTOMERS + MORE }, (_, row) => {
    const distance = distanceOf(row);
    return `2026-01-01,${row},customer ${customer(row)},${distance},${hours(row, distance)}`;
  });
  const stores = temporaryStores();
  const csv = ['sent,number,hub,distance,hours', ...lines, ''].join('\n');
  const { evaluation } = await deliverParcels(stores, spec, csv, '2026-04-01T00:00:00.000Z');
  expect(evaluation).toMatchObject({ passed: true, trainer: 'gradient-boosting' });
  const [slice] = evaluation.slices;
  expect(slice?.values).toHaveLength(20);
  expect(new Set(slice?.values.slice(0, FREQUENT).map(({ value }) => value))).toEqual(
    new Set(Array.from({ length: FREQUENT }, (_, i) => `customer ${i}`)),
  );

  const asked = Array.from({ length: CUSTOMERS }, (_, row) => `customer ${row},${distanceOf(row)}`);
  const key = dataKeys.request('parcels', 'all.csv');
  await stores.data.put(key, ['hub,distance', ...asked, 'nobody,90', 'nobody,10', ''].join('\n'));
  const { keys } = await predictBatch({ ...stores, spec, key, time: '2026-04-02T00:00:00.000Z' });
  const answers = (await textOf(stores.data, keys[1] ?? ''))
    .trimEnd()
    .split('\n')
    .slice(1)
    .map(line => line.split(',')[2]);
  expect(answers).toHaveLength(CUSTOMERS + 2);
  // Customers that were seen often have been learned one by one; all others go by the distance, known or not.
  expect(answers.slice(0, FREQUENT)).toEqual(Array.from({ length: FREQUENT }, (_, i) => String(i % 2 === 1)));
  expect(answers.slice(1000, CUSTOMERS)).toEqual(
    Array.from({ length: CUSTOMERS - 1000 }, (_, i) => String(distanceOf(1000 + i) > 50)),
  );
  expect(answers.slice(-2)).toEqual(['true', 'false']);
}, 120_000);
