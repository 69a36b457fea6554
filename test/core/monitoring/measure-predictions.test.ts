import { describe, expect, test } from 'vitest';
import { errorRatio } from '../../../core/monitoring/error-ratio.ts';
import { measureWindow } from '../../../core/monitoring/measure-window.ts';
import { listMonitoring } from '../../../core/monitoring/monitoring-record.ts';
import { promoteVersion } from '../../../core/registry/promote-version.ts';
import { rollBack } from '../../../core/registry/roll-back.ts';
import { loadVersion } from '../../../core/registry/versions.ts';
import type { TabularSpec } from '../../../core/spec/schema.ts';
import { dataKeys, modelKeys } from '../../../core/storage/layout.ts';
import { accept, type Stores, temporaryStores, textOf } from '../../support/forecasting-loop.ts';
import {
  deliverParcels,
  HUBS_CSV,
  hoursSpec,
  parcel,
  parcelSpec,
  parcelsCsv,
} from '../../support/tabular-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const alone = { candidates: [{ trainer: 'baseline' }] };

/** Parcels of the first sixty days, until 1 March, are in production. */
async function delivered(spec: TabularSpec): Promise<Stores> {
  const stores = temporaryStores();
  await deliverParcels(stores, spec, parcelsCsv(0, 600), time);
  return stores;
}

const hoursOf = (number: number): number => Number(parcel(number).split(',')[4]);

describe('new rows with what happened', () => {
  test('are compared with what the version in production says of them', async () => {
    const spec = hoursSpec({ ...alone, monitoring: { performance: { metric: 'mae' } } });
    const stores = await delivered(spec);
    const key = await accept(stores, spec, 'parcels', parcelsCsv(600, 650), time);
    const record = await measureWindow({ ...stores, spec, time, key });
    const errors = Array.from({ length: 50 }, (_, i) => Math.abs(43.1975 - hoursOf(600 + i)));
    expect(record).toMatchObject({
      ...{ measured: true, task: 'regression', version: 1, metric: 'mae', metrics: { rows: 50 } },
      ...{ from: '2026-03-02T00:00:00.000Z', to: '2026-03-06T09:00:00.001Z' },
      window: '20260302T000000.000Z--20260306T090000.001Z',
    });
    if (!record.measured) throw new Error('not measured');
    expect(record.error).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 50, 9);
    expect(record.errorRatio).toBeCloseTo(record.error / (record.testError ?? 0), 12);
    expect(record.summary).toMatch(
      /^MAE of version 1 was [\d.]+ over 50 rows of 2026-03-02 to .+, against [\d.]+ on/,
    );
    expect(await listMonitoring(stores.models, 'parcels')).toEqual([record]);
    const page = await textOf(stores.models, modelKeys.window('parcels', record.window, 'html'));
    expect(page).toContain('<td>MAE</td>');
  });

  test('measured again after a rollback, they still tell of the version that was in production then', async () => {
    const spec = hoursSpec({ ...alone, monitoring: { performance: { metric: 'mae' } } });
    const stores = temporaryStores();
    await deliverParcels(stores, spec, parcelsCsv(0, 600), '2026-03-01T10:00:00.000Z');
    const { models } = stores;
    const second = { ...(await loadVersion(models, 'parcels', 1)), version: 2 };
    await models.put(modelKeys.version('parcels', 2), JSON.stringify(second));
    const promotion = { models, model: 'parcels', version: 2, time: '2026-03-01T12:00:00.000Z' };
    expect(await promoteVersion(promotion)).toMatchObject({ promoted: true });
    const key = await accept(stores, spec, 'parcels', parcelsCsv(600, 650), time);
    const first = await measureWindow({ ...stores, spec, time, key });
    expect(first).toMatchObject({ measured: true, version: 2 });
    const back = { time: '2026-04-02T00:00:00.000Z', actor: 'local:ada', reason: 'it hurt' };
    expect(await rollBack({ models, model: 'parcels', ...back })).toMatchObject({ to: 1 });
    expect(await measureWindow({ ...stores, spec, time: '2026-04-03T00:00:00.000Z', key })).toMatchObject({
      version: 2,
      window: first.window,
    });
  });

  test('rows that the version has learned from, or was measured on, do not count', async () => {
    const spec = parcelSpec({ ...alone, monitoring: { performance: { metric: 'brier' } } });
    const stores = await delivered(spec);
    const key = await accept(stores, spec, 'parcels', parcelsCsv(590, 620), time);
    expect(await measureWindow({ ...stores, spec, time, key })).toMatchObject({ metrics: { rows: 20 } });
  });

  test('rows without a target yet do not count', async () => {
    const spec = hoursSpec(alone);
    const stores = await delivered(spec);
    const open = parcelsCsv(600, 603).replace(/,[\d.]+$/m, ',');
    const key = await accept(stores, spec, 'parcels', open, time);
    expect(await measureWindow({ ...stores, spec, time, key })).toMatchObject({ metrics: { rows: 2 } });
  });

  test('a window without any says so; a part of another table is not worth a record', async () => {
    const spec = parcelSpec(alone);
    const stores = await delivered(spec);
    expect(await measureWindow({ ...stores, spec, time })).toMatchObject({
      measured: false,
      summary: 'Nothing to compare: 0 rows of 2026-03-31 to 2026-04-01 have a target by now',
    });
    const key = await accept(stores, spec, 'hubs', HUBS_CSV.replace('dub', 'dus'), time);
    const before = await listMonitoring(stores.models, 'parcels');
    expect(await measureWindow({ ...stores, spec, time, key })).toMatchObject({ measured: false });
    expect(await listMonitoring(stores.models, 'parcels')).toEqual(before);
  });

  test('before any version there is nothing to compare', async () => {
    const spec = parcelSpec(alone);
    const stores = temporaryStores();
    const key = await accept(stores, spec, 'parcels', parcelsCsv(0, 10), time);
    expect(await measureWindow({ ...stores, spec, time, key })).toMatchObject({
      measured: false,
      summary: expect.stringMatching(/^Nothing to compare: no version has data that ended before/),
    });
    expect(key).toContain(dataKeys.acceptedParts('parcels', 'parcels'));
  });
});

test.each([
  ['mae', 3, 2, 1.5],
  ['auc', 0.6, 0.8, 1.25],
  ['auc', 0.8, 0.8, 1],
  ['auc', 0.9, 0.8, 0.875],
  ['r2', -0.2, 0.4, 2.5],
  ['r2', 0.2, -0.1, null],
  ['mae', 3, 0, null],
  ['mae', 3, null, null],
] as const)(
  '%s of %d, where %d was promised, is worse by the factor %d',
  (metric, value, promised, factor) => {
    const ratio = errorRatio(metric, value, promised);
    if (factor === null) expect(ratio).toBeNull();
    else expect(ratio).toBeCloseTo(factor, 12);
  },
);
