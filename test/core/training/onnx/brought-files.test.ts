import { expect, test, vi } from 'vitest';
import { snapshotExamples } from '../../../../core/data/dataset/snapshot-examples.ts';
import { sha256 } from '../../../../core/storage/digest.ts';
import { modelKeys } from '../../../../core/storage/layout.ts';
import { checkStored, hasChanged } from '../../../../core/tracking/check-inputs.ts';
import { trackCandidate } from '../../../../core/tracking/track-candidate.ts';
import { candidatesOf } from '../../../../core/training/candidates.ts';
import { keepBrought, readBrought } from '../../../../core/training/onnx/brought-files.ts';
import { accept, type Stores, temporaryStores } from '../../../support/forecasting-loop.ts';
import { evaluateRuns, HUBS_CSV, hoursSpec, parcelSpec, parcelsCsv } from '../../../support/tabular-loop.ts';
import { modelBytes } from './fixtures.ts';

const time = '2026-04-01T00:00:00.000Z';
const onnx = (file: string) => ({ trainer: 'onnx', file });

/** Accepts parcels, and gives what snapshot and training do for a spec. */
async function classroom(stores: Stores, spec: ReturnType<typeof parcelSpec>) {
  await accept(stores, spec, 'hubs', HUBS_CSV, time);
  await accept(stores, spec, 'parcels', parcelsCsv(0, 600), time);
  const dataset = await snapshotExamples({ data: stores.data, spec });
  const keep = () => keepBrought(stores.models, spec.name, candidatesOf(spec));
  const train = (candidate: Awaited<ReturnType<typeof keep>>[number]) =>
    trackCandidate({ ...stores, spec, dataset: dataset.id, candidate, time, codeDigest: 'code' });
  return { dataset, keep, train };
}

test('candidates get the hash of their bytes, which are kept; others stay as they are', async () => {
  const { models } = temporaryStores();
  await models.put(modelKeys.brought('m', 'trained/risk.onnx'), 'one');
  const boosting = { trainer: 'gradient-boosting', hyperparameters: { file: 'trained/risk.onnx' } };
  const candidate = { trainer: 'onnx', hyperparameters: { file: 'trained/risk.onnx' } };
  const missing = { trainer: 'onnx', hyperparameters: { file: 'other.onnx' } };
  const kept = await keepBrought(models, 'm', [boosting, candidate, missing]);
  const hash = sha256('one');
  expect(kept).toEqual([
    boosting,
    { trainer: 'onnx', hyperparameters: { file: 'trained/risk.onnx', sha256: hash } },
    missing,
  ]);
  expect(await keepBrought(models, 'm', [candidate])).toEqual([kept[1]]);

  await models.put(modelKeys.brought('m', 'trained/risk.onnx'), 'two');
  const [, first = candidate] = kept;
  expect(String(await readBrought(models, 'm', first))).toBe('one');
  const [second = candidate] = await keepBrought(models, 'm', [candidate]);
  expect(String(await readBrought(models, 'm', second))).toBe('two');
  expect(await readBrought(models, 'm', missing)).toBeUndefined();
  expect(await readBrought(models, 'm', boosting)).toBeUndefined();

  await models.delete(modelKeys.kept('m', hash));
  await expect(readBrought(models, 'm', first)).rejects.toThrow(`There is no object "kept/m/${hash}.onnx"`);
});

test('a file that no function could hold is not read, and stays without a hash', async () => {
  const { models } = temporaryStores();
  const key = modelKeys.brought('m', 'risk.onnx');
  await models.put(key, 'small');
  const candidate = { trainer: 'onnx', hyperparameters: { file: 'risk.onnx' } };
  const head = vi.spyOn(models, 'head');
  head.mockResolvedValue({ key, size: 512 * 2 ** 20 + 1, etag: '' });
  expect(await keepBrought(models, 'm', [candidate])).toEqual([candidate]);
  head.mockResolvedValue({ key, size: 512 * 2 ** 20, etag: '' });
  expect(await keepBrought(models, 'm', [candidate])).toEqual([
    { ...candidate, hyperparameters: { file: 'risk.onnx', sha256: sha256('small') } },
  ]);
});

test('a candidate fails for itself alone, and the one that works is chosen', async () => {
  const stores = temporaryStores();
  const files = ['late', 'truncated', 'maps', 'hours', 'missing'];
  const spec = parcelSpec({ candidates: files.map(file => onnx(`${file}.onnx`)) });
  const { dataset, keep, train } = await classroom(stores, spec);
  for (const file of files.slice(0, -1)) {
    await stores.models.put(modelKeys.brought('parcels', `${file}.onnx`), modelBytes(file));
  }
  const runs = await Promise.all((await keep()).map(train));
  expect(runs.map(run => (run.status === 'failed' ? run.error.name : run.trainer))).toEqual([
    'baseline',
    'onnx',
    'ModelFormatError',
    'onnx',
    'PredictionError',
    'TrainingError',
  ]);
  const [, late, , maps, hours, missing] = runs;
  // The same model as exporters make it by default, with its probabilities in maps.
  expect(maps).toMatchObject({ metrics: late?.status === 'succeeded' ? late.metrics : undefined });
  expect(hours).toMatchObject({
    error: { message: expect.stringContaining('which are no probabilities') },
  });
  expect(missing).toMatchObject({
    error: { message: expect.stringContaining('there was no "missing.onnx"') },
  });
  if (late?.status !== 'succeeded' || late.task === 'forecasting') throw new Error('late failed');
  expect(late.artifacts['model/model.bin']).toBe(sha256(modelBytes('late')));
  expect(late.versions['onnxruntime-web']).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(runs[0]?.versions['onnxruntime-web']).toBeUndefined();
  expect(late.importance).toEqual([]);

  const evaluation = await evaluateRuns(stores, spec, { dataset, runs }, time);
  expect(evaluation).toMatchObject({ passed: true, trainer: 'onnx', run: late.id });
  expect(evaluation.test.chosen.auc).toBeGreaterThan(0.97);
});

test('of a regression a brought model gets intervals; values that are not finite fail the run', async () => {
  const stores = temporaryStores();
  const spec = hoursSpec({ candidates: [onnx('hours.onnx'), onnx('matrix.onnx')] });
  const { keep, train } = await classroom(stores, spec);
  await stores.models.put(modelKeys.brought('parcels', 'hours.onnx'), modelBytes('hours'));
  await stores.models.put(modelKeys.brought('parcels', 'matrix.onnx'), modelBytes('matrix'));
  const [, hours, matrix] = await Promise.all((await keep()).map(train));
  if (hours?.status !== 'succeeded') throw new Error('hours failed');
  expect(hours.metrics.validation.r2).toBeGreaterThan(0.9);
  const artifact = await stores.models.get(modelKeys.run('parcels', hours.id, 'model/model.json'));
  expect(JSON.parse(String(artifact?.body)).calibration).toMatchObject({
    80: { basis: 'scores' },
    scores: 100,
  });
  expect(matrix).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining('input "X" of type float32 cannot take "hub", a category') },
  });
});

test('lineage and the check of a run know the bytes that were brought', async () => {
  const stores = temporaryStores();
  const spec = parcelSpec({ candidates: [onnx('late.onnx')] });
  const { keep, train } = await classroom(stores, spec);
  await stores.models.put(modelKeys.brought('parcels', 'late.onnx'), modelBytes('late'));
  const [, late] = await Promise.all((await keep()).map(train));
  if (late === undefined) throw new Error('no run');
  const key = modelKeys.kept('parcels', sha256(modelBytes('late')));
  const start = await stores.models.get(modelKeys.lineage('parcels', time, late.id, 'start'));
  expect(JSON.parse(String(start?.body)).inputs).toContainEqual(
    expect.objectContaining({ name: expect.stringMatching(new RegExp(`${key}$`)) }),
  );

  const changed = async () => (await checkStored(stores, late)).filter(hasChanged);
  expect(await changed()).toEqual([]);
  await stores.models.put(key, 'other');
  expect(await changed()).toMatchObject([{ input: 'brought', name: key, found: sha256('other') }]);
  await stores.models.delete(key);
  expect(await changed()).toMatchObject([{ input: 'brought', name: key, found: null }]);
});
