import { describe, expect, test } from 'vitest';
import type { IncidentAlarm } from '../../../../core/monitoring/alarm-names.ts';
import { chooseRemedy } from '../../../../core/monitoring/remedies/choose-remedy.ts';
import { promoteVersion } from '../../../../core/registry/promote-version.ts';
import { startRollout } from '../../../../core/registry/rollout.ts';
import { claimNumber, versionSchema } from '../../../../core/registry/versions.ts';
import { canonicalJson } from '../../../../core/storage/digest.ts';
import { modelKeys } from '../../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';
import { ofForecasts, shopSpec, temporaryStores } from '../../../support/forecasting-loop.ts';

const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}T00:00:00.000Z`;
const measures = {
  ...{ mase: 1, rmsse: 1, smape: 1, wape: 1, rmse: 1, bias: 0 },
  ...{ points: 1, series: 1, unscaled: 0 },
};

/** As many versions, promoted one after the other. */
async function inProduction(versions: number): Promise<ObjectStore> {
  const { models } = temporaryStores();
  for (let n = 1; n <= versions; n++) await promoteVersion({ ...(await register(models, n)), time: day(n) });
  return models;
}

async function register(models: ObjectStore, n: number) {
  const recipe = { trainer: 'mstl', hyperparameters: {}, season: [7], horizon: 7, seed: 1 };
  const record = versionSchema.parse({
    ...{
      model: 'sales',
      version: n,
      run: `run ${n}`,
      dataset: `dataset ${n}`,
      dataEnd: day(n),
      time: day(n),
    },
    ...{ codeDigest: 'c', reason: 'r', recipe, task: 'forecasting', artifacts: {} },
    metrics: { validation: measures, test: measures },
  });
  const { version } = await claimNumber(models, ofForecasts(record));
  return { models, model: 'sales', version };
}

/** A window in which a version was so much worse than on its test part. */
const measured = (models: ObjectStore, version: number, errorRatio: number, n = 20): Promise<void> =>
  models.put(
    modelKeys.window('sales', `window ${n}`, 'json'),
    canonicalJson({
      ...{
        model: 'sales',
        window: `window ${n}`,
        from: day(n),
        to: day(n + 1),
        summary: 's',
        measured: true,
      },
      ...{
        task: 'forecasting',
        metric: 'mase',
        error: errorRatio,
        testError: 1,
        errorRatio,
        metrics: measures,
      },
      ...{ versions: [{ version, periods: 1 }], coverage: { 80: null, 95: null }, worst: [], totals: [] },
      labels: { forecast: 1, known: 1 },
    }),
  );

const spec = (monitoring: object) => shopSpec({ monitoring });
const ask = (models: ObjectStore, alarm: IncidentAlarm, monitoring: object, time = day(22)) =>
  chooseRemedy({ models, spec: spec(monitoring), alarm, time });
const ROLLBACK = { on_degradation: 'rollback' };

describe('what the spec says', () => {
  test('by default the owners are told and nothing is done', async () => {
    const models = await inProduction(2);
    await measured(models, 2, 9);
    for (const alarm of ['drift', 'performance', 'errors', 'latency', 'availability'] as const) {
      expect(await ask(models, alarm, {})).toEqual({
        remedy: 'notify',
        because: 'The spec asks for no remedy beyond telling the owners',
        leave: null,
      });
    }
  });

  test('drift retrains, degradation retrains or rolls back', async () => {
    const models = await inProduction(2);
    await measured(models, 2, 9);
    expect(await ask(models, 'drift', { on_drift: 'retrain' })).toEqual({
      remedy: 'retrain',
      because: 'Data drift, and the spec says on_drift: retrain',
      leave: null,
    });
    expect(await ask(models, 'performance', ROLLBACK)).toEqual({
      remedy: 'rollback',
      because: 'Performance degraded, and the spec says on_degradation: rollback',
      leave: 2,
    });
  });

  test('old data is nobody’s fault that a version could mend', async () => {
    const models = await inProduction(2);
    const all = { on_drift: 'retrain', on_degradation: 'rollback' };
    expect(await ask(models, 'freshness', all)).toMatchObject({ remedy: 'notify' });
  });

  test('an endpoint that is ill is rolled back but never retrained', async () => {
    const models = await inProduction(2);
    expect(await ask(models, 'errors', { on_degradation: 'retrain' })).toMatchObject({ remedy: 'notify' });
    expect(await ask(models, 'errors', ROLLBACK)).toMatchObject({ remedy: 'rollback', leave: 2 });
  });
});

describe('a rollback is refused', () => {
  test('where nothing is in production', async () => {
    expect(await ask(await inProduction(0), 'performance', ROLLBACK)).toEqual({
      remedy: 'notify',
      because: 'No rollback: nothing is in production',
      leave: null,
    });
  });

  test('from the first version', async () => {
    const models = await inProduction(1);
    await measured(models, 1, 9);
    expect(await ask(models, 'performance', ROLLBACK)).toMatchObject({
      because: 'No rollback: there is no version before version 1',
    });
  });

  test('where the version that was measured has been replaced', async () => {
    const models = await inProduction(3);
    await measured(models, 2, 9);
    expect(await ask(models, 'performance', ROLLBACK)).toMatchObject({
      because: 'No rollback: what was measured is version 2; in production is version 3',
    });
    await measured(models, 3, 9, 21);
    expect(await ask(models, 'performance', ROLLBACK)).toMatchObject({ remedy: 'rollback', leave: 3 });
  });
});

test('a rollback is refused where nothing measured shows that production is worse, too few rows least of all', async () => {
  const models = await inProduction(2);
  await measured(models, 2, 1);
  const few = {
    ...{ model: 'sales', window: 'window 21', from: day(21), to: day(22), summary: 's', measured: true },
    ...{ task: 'regression', version: 2, metric: 'mae', error: 9, testError: 1, errorRatio: 9 },
    metrics: { rows: 29, mae: 9 },
  };
  await models.put(modelKeys.window('sales', 'window 21', 'json'), canonicalJson(few));
  expect(await ask(models, 'performance', ROLLBACK)).toEqual({
    remedy: 'notify',
    because: 'No rollback: no window shows it any more, now that more of the truth is known',
    leave: null,
  });
});

test('during a trial, an endpoint that is ill leaves the version on trial', async () => {
  const models = await inProduction(1);
  const trial = await register(models, 2);
  await startRollout({ ...trial, mode: 'canary', percent: 10, time: day(3) });
  expect(await ask(models, 'latency', ROLLBACK)).toMatchObject({ remedy: 'rollback', leave: 2 });
});

describe('the cooldown', () => {
  const patient = { ...ROLLBACK, on_drift: 'retrain', cooldown: '2 days' };

  test('allows a remedy once in its period, and the same alarm its own again', async () => {
    const models = await inProduction(3);
    await measured(models, 3, 9);
    expect(await ask(models, 'performance', patient, day(22))).toMatchObject({ remedy: 'rollback' });
    expect(await ask(models, 'performance', patient, day(22))).toMatchObject({ remedy: 'rollback' });
    expect(await ask(models, 'errors', patient, day(23))).toEqual({
      remedy: 'notify',
      because: 'Production was rolled back on 2026-03-22 already, and the spec allows it once in 2 days',
      leave: null,
    });
    expect(await ask(models, 'errors', patient, day(24))).toMatchObject({ remedy: 'rollback' });
  });

  test('counts every kind of remedy for itself', async () => {
    const models = await inProduction(2);
    await measured(models, 2, 9);
    expect(await ask(models, 'drift', patient)).toMatchObject({ remedy: 'retrain' });
    expect(await ask(models, 'performance', patient)).toMatchObject({ remedy: 'rollback' });
  });

  test('of all alarms at once one rolls back', async () => {
    const models = await inProduction(2);
    await measured(models, 2, 9);
    const alarms: IncidentAlarm[] = ['performance', 'errors', 'latency', 'availability'];
    const choices = await Promise.all(
      Array.from({ length: 40 }, (_, i) => ask(models, alarms[i % 4] ?? 'errors', patient)),
    );
    const rolling = choices.filter(({ remedy }) => remedy === 'rollback');
    expect(rolling).toHaveLength(10);
  });
});
