import { describe, expect, test } from 'vitest';
import { modelKeys } from '../../../core/storage/layout.ts';
import { checkCode, checkStored, hasChanged, specOfRun } from '../../../core/tracking/check-inputs.ts';
import { compareRuns } from '../../../core/tracking/compare-runs.ts';
import { findTrackedRun } from '../../../core/tracking/find-tracked-run.ts';
import { judgeReproduction } from '../../../core/tracking/judge-reproduction.ts';
import { trackCandidate } from '../../../core/tracking/track-candidate.ts';
import { type RunRecord, runRecordSchema } from '../../../core/training/run-record.ts';
import {
  accept,
  deliver,
  salesCsv,
  shopSpec,
  temporaryStores,
  trainAll,
} from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const measures = { rmsse: 1, smape: 1, wape: 1, rmse: 1, bias: 0, points: 1, series: 1, unscaled: 0 };
const run = (changes: Record<string, unknown> = {}): RunRecord =>
  runRecordSchema.parse({
    ...{ id: 'r1', model: 'm', dataset: 'd', specDigest: 's', trainer: 'mstl', hyperparameters: {}, seed: 1 },
    ...{ codeDigest: 'c', versions: { node: '24.0.0' }, time, seconds: 1, memory: 100, status: 'succeeded' },
    task: 'forecasting',
    ...{ metrics: { validation: { mase: 1, ...measures } }, series: 1, filled: 0, fallbacks: 0, empty: 0 },
    ...{ fallbackReasons: {}, artifacts: { 'model.json': 'aaa' } },
    ...changes,
  });
const failed = (message: string): RunRecord =>
  run({ status: 'failed', error: { name: 'TrainingError', message } });

describe('judgeReproduction', () => {
  test('equal hashes are a reproduction, whatever else has changed, and that is told', () => {
    expect(judgeReproduction(run(), run(), checkCode(run(), run()))).toEqual({
      reproduced: true,
      artifacts: [{ name: 'model.json', recorded: 'aaa', reproduced: 'aaa' }],
      changed: [],
      reason: 'Training again gave the same model, byte for byte.',
    });
    const newer = run({ codeDigest: 'c2', versions: { node: '24.1.0' } });
    expect(judgeReproduction(run(), newer, checkCode(run(), newer))).toMatchObject({
      reproduced: true,
      reason:
        'Training again gave the same model, byte for byte, although the code has changed from c to c2; ' +
        'the library node has changed from 24.0.0 to 24.1.0.',
    });
  });

  test('another model is explained by what has changed', () => {
    const other = run({ artifacts: { 'model.json': 'bbb' }, versions: { duckdb: '1' } });
    const checks = [
      { input: 'dataset' as const, name: 'train.parquet', recorded: 'a'.repeat(64), found: 'b'.repeat(64) },
      { input: 'artifact' as const, name: 'model.json', recorded: 'aaa', found: null },
      ...checkCode(run(), other),
    ];
    expect(judgeReproduction(run(), other, checks)).toMatchObject({
      reproduced: false,
      artifacts: [{ name: 'model.json', recorded: 'aaa', reproduced: 'bbb' }],
      reason:
        'Training again gave another model: the dataset file train.parquet has changed from aaaaaaaaaaaa… to ' +
        'bbbbbbbbbbbb…; the library node is missing; the library duckdb has changed from none to 1.',
    });
  });

  test('another model although nothing has changed is a fault of the trainer', () => {
    const other = run({ artifacts: { 'model.json': 'bbb' } });
    expect(judgeReproduction(run(), other, checkCode(run(), other)).reason).toBe(
      'Training again gave another model, although nothing that it depends on has changed: this trainer does not give ' +
        'the same model twice.',
    );
  });

  test('a failure is reproduced by the same failure', () => {
    expect(judgeReproduction(failed('no'), failed('no'), [])).toMatchObject({
      ...{ reproduced: true, artifacts: [], reason: 'It fails again, in the same way.' },
    });
    expect(judgeReproduction(run(), failed('no'), [])).toMatchObject({
      ...{ reproduced: false, artifacts: [{ recorded: 'aaa', reproduced: null }] },
    });
  });

  test('what cannot be trained again says why', () => {
    const gone = { input: 'dataset' as const, name: 'd', recorded: 'd', found: null };
    expect(judgeReproduction(run(), '', [gone])).toMatchObject({
      ...{ reproduced: false, reason: 'It cannot be trained again: the dataset file d is missing.' },
    });
  });
});

describe('compareRuns', () => {
  test('side by side, with what differs', () => {
    const one = { run: run({ hyperparameters: { depth: 4, rate: 0.1 } }), evaluation: undefined };
    const two = {
      run: run({
        ...{ id: 'r2', hyperparameters: { depth: 6, rate: 0.1, bins: 64 } },
        metrics: { validation: { mase: 0.9, ...measures } },
      }),
      evaluation: undefined,
    };
    const comparison = compareRuns([one, two]);
    expect(comparison.hyperparameters).toEqual([
      { name: 'bins', values: [null, 64], differs: true },
      { name: 'depth', values: [4, 6], differs: true },
      { name: 'rate', values: [0.1, 0.1], differs: false },
    ]);
    expect(comparison.metrics.filter(({ differs }) => differs)).toEqual([
      { name: 'validation.mase', values: [1, 0.9], differs: true },
    ]);
    expect(comparison.inputs.filter(({ differs }) => differs)).toEqual([]);
    expect(comparison.sameData).toBe(true);
  });

  test('runs of different data say so, and a failed run has its error', () => {
    const other = run({ dataset: 'e', status: 'failed', error: { name: 'TrainingError', message: 'no' } });
    const comparison = compareRuns([
      { run: run(), evaluation: undefined },
      { run: other, evaluation: undefined },
    ]);
    expect(comparison.sameData).toBe(false);
    expect(comparison.outcome.find(({ name }) => name === 'error')).toEqual({
      ...{ name: 'error', values: [null, 'TrainingError: no'], differs: true },
    });
    expect(comparison.metrics.every(({ values }) => values[1] === null)).toBe(true);
  });
});

describe('findTrackedRun', () => {
  test('finds runs by id or its beginning, and versions by number, with or without the model', async () => {
    const [stores, spec] = [temporaryStores(), shopSpec()];
    const { models } = stores;
    await accept(stores, spec, 'sales', salesCsv(['a'], 0, 70), time);
    const version = await deliver(stores, spec, time);
    const id = version.run;
    for (const reference of [id, id.slice(0, 10), `sales/${id}`]) {
      expect(await findTrackedRun(models, reference)).toMatchObject({ run: { id }, version: null });
    }
    for (const reference of ['1', 'v1', 'sales/1', 'sales/v1']) {
      expect(await findTrackedRun(models, reference)).toMatchObject({ run: { id }, version: 1 });
    }
    for (const reference of ['ffffffffffffffff', 'abc', 'other/1', '2', 'sales/2', '', 'a/b/c']) {
      await expect(findTrackedRun(models, reference)).rejects.toThrow(
        /^There is no (run or )?version "|There is no run or version/,
      );
    }
    await models.put(modelKeys.version('orders', 1), '{}');
    await expect(findTrackedRun(models, '1')).rejects.toThrow(
      'Several models have a version 1. Name the model too: orders/1, sales/1.',
    );
    await models.put(modelKeys.run('orders', `${id.slice(0, 10)}ffffff`, 'run.json'), '{}');
    await expect(findTrackedRun(models, id.slice(0, 10))).rejects.toThrow('stands for several runs: ');
    expect(await findTrackedRun(models, id)).toMatchObject({ run: { id } });
  });
});

test('what is stored for a run is checked to the byte', async () => {
  const [stores, spec] = [temporaryStores(), shopSpec()];
  await accept(stores, spec, 'sales', salesCsv(['a'], 0, 56), time);
  const { dataset } = await trainAll(stores, spec, time);
  const candidate = { trainer: 'mstl', hyperparameters: {} };
  const tracked = await trackCandidate({
    ...{ ...stores, spec, dataset: dataset.id, candidate, time, codeDigest: 'c0de' },
  });
  const changed = async () => (await checkStored(stores, tracked)).filter(hasChanged);
  expect(await changed()).toEqual([]);
  expect(await checkStored(stores, tracked)).toHaveLength(5);
  expect(await specOfRun(stores.models, tracked)).toEqual(spec);

  const train = `datasets/sales/${dataset.id}/train.parquet`;
  await stores.data.put(train, 'other');
  await stores.data.delete(`datasets/sales/${dataset.id}/test.parquet`);
  await stores.models.put(modelKeys.run('sales', tracked.id, 'model/model.json'), '{}');
  await stores.models.put(modelKeys.run('sales', tracked.id, 'spec.json'), '{}');
  expect((await changed()).map(({ input, name, found }) => [input, name, found === null])).toEqual([
    ['dataset', train, false],
    ['dataset', `datasets/sales/${dataset.id}/test.parquet`, true],
    ['spec', '', false],
    ['artifact', modelKeys.run('sales', tracked.id, 'model/model.json'), false],
  ]);
  expect(await specOfRun(stores.models, tracked)).toBeUndefined();
  await stores.data.delete(`datasets/sales/${dataset.id}/dataset.json`);
  expect((await changed())[0]).toEqual({
    ...{ input: 'dataset', name: dataset.id, recorded: dataset.id, found: null },
  });
});
