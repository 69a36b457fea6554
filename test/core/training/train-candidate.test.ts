import { describe, expect, test } from 'vitest';
import { snapshotDataset } from '../../../core/data/dataset/snapshot-dataset.ts';
import type { ForecastingSpec } from '../../../core/spec/schema.ts';
import { sha256 } from '../../../core/storage/digest.ts';
import { modelKeys } from '../../../core/storage/layout.ts';
import { candidatesOf } from '../../../core/training/candidates.ts';
import { loadArtifact } from '../../../core/training/model-artifact.ts';
import { findRun, listRuns } from '../../../core/training/run-record.ts';
import { trainCandidate } from '../../../core/training/train-candidate.ts';
import {
  accept,
  type Stores,
  salesCsv,
  shopSpec,
  sold,
  temporaryStores,
  textOf,
} from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const mstl = { trainer: 'mstl', hyperparameters: {} };
const baseline = { trainer: 'baseline', hyperparameters: {} };

async function setUp(spec: ForecastingSpec = shopSpec(), csv = salesCsv(['a', 'b'], 0, 56)) {
  const stores: Stores = temporaryStores();
  await accept(stores, spec, 'sales', csv, time);
  const { id: dataset } = await snapshotDataset({ data: stores.data, spec, time });
  return {
    stores,
    train: (o = {}) =>
      trainCandidate({ ...stores, spec, dataset, candidate: mstl, time, codeDigest: 'c', ...o }),
  };
}

describe('trainCandidate', () => {
  test('writes the artifact and the run, with exact metrics of a baseline', async () => {
    // Two weeks of history, then validation and test of a week each; everything rises by 7 from week to week.
    const csv = salesCsv(['a'], 0, 28, (_shop, day) => 10 * (day % 7) + day);
    const { stores, train } = await setUp(shopSpec(), csv);
    const run = await train({ candidate: baseline });
    expect(run).toMatchObject({
      ...{
        model: 'sales',
        status: 'succeeded',
        trainer: 'baseline',
        series: 1,
        filled: 0,
        fallbacks: 0,
        empty: 0,
      },
      metrics: {
        // Each day of validation is 7 above its forecast, and the training part rises by 7 per season as well.
        validation: { mase: 1, rmsse: 1, rmse: 7, bias: -7, wape: 49 / (7 * 30 + 7 * 17), points: 7 },
      },
    });
    expect(await findRun(stores.models, 'sales', run.id)).toEqual(run);
    const artifact = await textOf(stores.models, modelKeys.run('sales', run.id, 'model/model.json'));
    expect(run).toMatchObject({ artifacts: { 'model/model.json': sha256(artifact) } });
    const { recipe, calibration } = await loadArtifact(stores.models, 'sales', run.id);
    expect(recipe).toEqual({ trainer: 'baseline', hyperparameters: {}, season: [7], horizon: 7, seed: 1 });
    // Seven scores of 7 / 7: enough for 80 % over all steps together, too few for 95 %.
    expect(calibration[80]).toEqual({ widths: [1, 1, 1, 1, 1, 1, 1], basis: 'scores' });
    expect(calibration[95]).toMatchObject({ basis: 'largest' });
  });

  test('gradient boosting says what it looks at, and leaves the same bytes when it is trained again', async () => {
    const { stores, train } = await setUp();
    const candidate = { trainer: 'gradient-boosting', hyperparameters: { trees: 10 } };
    const run = await train({ candidate });
    expect(run).toMatchObject({ status: 'succeeded', fallbacks: 0, filled: 0, empty: 0 });
    const features = 'importance' in run ? run.importance.map(({ feature }) => feature) : [];
    expect(features).toEqual(expect.arrayContaining(['lag 1', 'season of 7, mean', 'series', 'weekday']));
    const { recipe, calibration } = await loadArtifact(stores.models, 'sales', run.id);
    expect(recipe).toMatchObject({
      hyperparameters: {
        trees: 10,
        depth: 6,
        strategy: 'recursive',
        objective: 'absolute',
        early_stopping: 0,
      },
    });
    expect(calibration[80]).toMatchObject({ basis: 'scores' });
    await stores.models.delete(modelKeys.run('sales', run.id, 'run.json'));
    expect(await train({ candidate })).toMatchObject({ artifacts: 'artifacts' in run ? run.artifacts : {} });
  });

  test('the same again returns the stored run, unchanged, whenever it comes', async () => {
    const { stores, train } = await setUp();
    const first = await train();
    expect(await train({ time: '2027-01-01T00:00:00.000Z' })).toEqual(first);
    expect(await listRuns(stores.models, 'sales')).toEqual([first]);
  });

  test('several at once agree on one run', async () => {
    const { train } = await setUp();
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => train()));
    for (const other of others) expect(other).toEqual(first);
  });

  test('a new attempt writes the same artifact, byte for byte', async () => {
    const { stores, train } = await setUp();
    const { id } = await train();
    const key = modelKeys.run('sales', id, 'model/model.json');
    const first = await textOf(stores.models, key);
    await stores.models.delete(modelKeys.run('sales', id, 'run.json'));
    await stores.models.delete(key);
    expect((await train()).id).toBe(id);
    expect(await textOf(stores.models, key)).toBe(first);
    expect(first.length).toBeGreaterThan(100);
  });

  test('other code, another candidate, another horizon or season are other runs', async () => {
    const { train } = await setUp();
    const spec = shopSpec();
    const runs = [
      await train(),
      await train({ codeDigest: 'other' }),
      await train({ candidate: baseline }),
      await train({ spec: { ...spec, horizon: 5 } }),
      await train({ spec: { ...spec, series: { ...spec.series, season: [] } } }),
    ];
    expect(new Set(runs.map(({ id }) => id)).size).toBe(5);
  });

  test('a hyperparameter that the trainer does not know makes a failed run with a named error', async () => {
    const { stores, train } = await setUp();
    const run = await train({ candidate: { trainer: 'mstl', hyperparameters: { depth: 3 } } });
    expect(run).toMatchObject({
      status: 'failed',
      hyperparameters: { depth: 3 },
      error: {
        name: 'TrainingError',
        message: 'Hyperparameters of the trainer mstl: it does not know "depth".',
      },
    });
    expect(await findRun(stores.models, 'sales', run.id)).toEqual(run);
  });

  test.each([
    [
      'a constant target',
      shopSpec(),
      () => 5,
      'mstl can forecast none of the 2 series: the history is constant.',
    ],
    [
      'no season to find',
      shopSpec({ series: { ...shopSpec().series, season: [] } }),
      (_: number, day: number) => 100 + day,
      'mstl can forecast none of the 2 series: there is no season.',
    ],
  ])('%s makes a failed run with a named error, and the baseline goes on', async (_, spec, of, message) => {
    const { train } = await setUp(spec, salesCsv(['a', 'b'], 0, 56, of));
    expect(await train()).toMatchObject({ status: 'failed', error: { name: 'TrainingError', message } });
    expect(await train({ candidate: baseline })).toMatchObject({ status: 'succeeded', fallbacks: 0 });
  });

  test('series without any value before the validation part make a failed run', async () => {
    const rows = (shop: string, from: number, to: number, of = sold) =>
      salesCsv([shop], from, to, of).split('\n').slice(1).join('\n');
    const missing = rows('a', 0, 49).replaceAll(/,\d+\n/g, ',\n');
    const csv = `day,shop,sold\n${missing}${rows('a', 49, 63)}`;
    const { train } = await setUp(shopSpec(), csv);
    const error = {
      name: 'TrainingError',
      message: 'None of the 1 series has a value before the end of the training part.',
    };
    expect(await train()).toMatchObject({ status: 'failed', error });
    expect(await train({ candidate: baseline })).toMatchObject({ status: 'failed', error });
  });

  test('infinite values are missing ones: they are filled, and what is left is forecast', async () => {
    const { series } = shopSpec();
    // Infinite wherever the sum is a multiple of eleven.
    const spec = shopSpec({
      series: { ...series, value: "CASE WHEN sum(sold) % 11 = 0 THEN 'inf'::DOUBLE ELSE sum(sold) END" },
    });
    const { stores, train } = await setUp(spec);
    const odd = [0, 1].map(shop =>
      Array.from({ length: 42 }, (_, day) => sold(shop, day)).filter(value => value % 11 === 0),
    );
    expect(odd.map(({ length }) => length > 0)).toEqual([true, true]);
    const run = await train();
    expect(run).toMatchObject({ status: 'succeeded', filled: 2, fallbacks: 0, empty: 0 });
    if (run.status === 'failed') throw new Error(run.error.message);
    expect(Number.isFinite(run.metrics.validation.mase)).toBe(true);
    const { calibration } = await loadArtifact(stores.models, 'sales', run.id);
    expect(calibration[80].widths.every(Number.isFinite)).toBe(true);
  });

  test('ten rows are too few for the three parts, which is an error of the dataset', async () => {
    const stores = temporaryStores();
    await accept(stores, shopSpec(), 'sales', salesCsv(['a'], 0, 10), time);
    await expect(snapshotDataset({ data: stores.data, spec: shopSpec(), time })).rejects.toThrow(
      expect.objectContaining({ name: 'DatasetError' }),
    );
    // Without a season to show and with a short horizon they are enough for the baseline, and for nothing else.
    const spec = shopSpec({ horizon: 1, series: { ...shopSpec().series, season: [] } });
    const { train } = await setUp(spec, salesCsv(['a'], 0, 10));
    expect(await train()).toMatchObject({
      status: 'failed',
      error: { message: 'mstl can forecast none of the 1 series: there is no season.' },
    });
    expect(await train({ candidate: baseline })).toMatchObject({ status: 'succeeded' });
  });

  test('counts what was filled, what fell back and what is empty, and says why', async () => {
    const csv = [
      salesCsv(['weekly'], 0, 56),
      // Without its 20th and 21st day; constant; and with its first value in the validation part.
      salesCsv(['gaps'], 0, 19).split('\n').slice(1).join('\n'),
      salesCsv(['gaps'], 21, 56).split('\n').slice(1).join('\n'),
      salesCsv(['flat'], 0, 56, () => 5)
        .split('\n')
        .slice(1)
        .join('\n'),
      salesCsv(['late'], 43, 56).split('\n').slice(1).join('\n'),
    ].join('');
    const { train } = await setUp(shopSpec(), csv);
    expect(await train()).toMatchObject({
      ...{ series: 4, filled: 1, fallbacks: 1, empty: 1 },
      fallbackReasons: { 'the history is constant': 1 },
      metrics: { validation: { series: 3, unscaled: 1 } },
    });
  });
});

describe('candidatesOf', () => {
  test('adds the baseline where the gate compares with it', () => {
    const spec = (better_than: string[], ...candidates: object[]) =>
      shopSpec({ gate: { better_than }, candidates });
    expect(candidatesOf(spec(['baseline'], mstl))).toEqual([baseline, mstl]);
    expect(candidatesOf(spec(['baseline'], mstl, baseline))).toEqual([mstl, baseline]);
    expect(candidatesOf(spec([], mstl))).toEqual([mstl]);
  });
});
