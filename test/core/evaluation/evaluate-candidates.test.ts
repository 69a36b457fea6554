import { expect, test } from 'vitest';
import { evaluateCandidates } from '../../../core/evaluation/evaluate-candidates.ts';
import { findEvaluation } from '../../../core/evaluation/evaluation-record.ts';
import { promoteVersion } from '../../../core/registry/promote-version.ts';
import { registerVersion } from '../../../core/registry/versions.ts';
import type { ForecastingSpec } from '../../../core/spec/schema.ts';
import { modelKeys } from '../../../core/storage/layout.ts';
import { NoCandidateError, ObjectNotFoundError } from '../../../core/telemetry/errors.ts';
import {
  accept,
  ofForecasts,
  type Stores,
  salesCsv,
  shopSpec,
  sold,
  temporaryStores,
  textOf,
  trainAll,
} from '../../support/forecasting-loop.ts';

const time = '2026-04-01T00:00:00.000Z';
const later = '2026-05-01T00:00:00.000Z';
const gated = (changes = {}): ForecastingSpec =>
  shopSpec({ gate: { better_than: ['baseline', 'champion'] }, ...changes });

async function evaluate(stores: Stores, spec: ForecastingSpec, at = time) {
  const { dataset, runs } = await trainAll(stores, spec, at);
  const request = { ...stores, spec, dataset: dataset.id, time: at };
  const evaluation = await evaluateCandidates({ ...request, runs: runs.map(({ id }) => ({ run: id })) });
  return { evaluation: ofForecasts(evaluation), dataset, runs };
}

test('chooses on validation, judges on test, and stores what it says', async () => {
  const [stores, spec] = [temporaryStores(), gated()];
  await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 0, 70), time);
  const { evaluation, dataset, runs } = await evaluate(stores, spec);
  const mstl = runs.find(({ trainer }) => trainer === 'mstl');
  expect(evaluation).toMatchObject({
    passed: true,
    run: mstl?.id,
    dataset: dataset.id,
    metric: 'mase',
    every: '1 day',
  });
  expect(evaluation.from).toBe(dataset.split.test.from);
  expect(Object.keys(evaluation.validation).sort()).toEqual(runs.map(({ id }) => id).sort());
  expect(evaluation.test.champion).toBeNull();
  expect(evaluation.test.chosen).toMatchObject({
    ...{ coverage_80: evaluation.coverage[80], coverage_95: evaluation.coverage[95] },
  });
  const { confidence, baseline, champion } = evaluation.differences;
  expect([confidence, champion]).toEqual([0.9, null]);
  expect(baseline?.value).toBeCloseTo(
    (evaluation.test.chosen.mase ?? 0) - (evaluation.test.baseline.mase ?? 0),
    12,
  );
  expect(evaluation.reason).toMatch(
    /^mstl passes with MASE 0\.\d+ on the test part: it is better than the baseline's 1\.\d+ \(difference -[\d.]+, 80 % interval -[\d.]+ to -[\d.]+\)$/,
  );
  expect(evaluation.best.map(({ key }) => key)).toHaveLength(2);
  expect(evaluation.worst).toEqual([]);
  // The truth of the last seven days, in the order of days.
  const a = evaluation.best.find(({ key }) => key[0] === 'a');
  expect(a?.actual).toEqual([63, 64, 65, 66, 67, 68, 69].map(day => sold(0, day)));
  expect(await findEvaluation(stores.models, 'sales', evaluation.run)).toEqual(evaluation);
});

test('the baseline cannot pass a gate that asks to beat it', async () => {
  const [stores, spec] = [temporaryStores(), gated({ candidates: [{ trainer: 'baseline' }] })];
  await accept(stores, spec, 'sales', salesCsv(['a'], 0, 70), time);
  const { evaluation } = await evaluate(stores, spec);
  expect(evaluation).toMatchObject({ passed: false, trainer: 'baseline' });
  expect(evaluation.reason).toMatch(/it is the baseline itself, which it would have to beat$/);
  expect(evaluation.test.chosen).toMatchObject(evaluation.test.baseline);
});

test('the champion is judged on the same data: its recipe on newer data ties and passes', async () => {
  const [stores, spec] = [temporaryStores(), gated()];
  await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 0, 70), time);
  const first = await evaluate(stores, spec);
  const request = { ...stores, model: 'sales', dataset: first.dataset.id, run: first.evaluation.run, time };
  const { version } = await registerVersion(request);
  await promoteVersion({ models: stores.models, model: 'sales', version, time });

  await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 70, 77), later);
  const { evaluation } = await evaluate(stores, spec, later);
  expect(evaluation.passed).toBe(true);
  expect(evaluation.test.champion?.version).toBe(1);
  expect(evaluation.test.chosen).toMatchObject(evaluation.test.champion?.metrics ?? { none: true });
  expect(evaluation.reason).toMatch(
    /and it has the recipe of version 1 in production, on the data of today$/,
  );

  // With the baseline as the only candidate, the champion's MSTL wins.
  const worse = shopSpec({ candidates: [{ trainer: 'baseline' }], gate: { better_than: ['champion'] } });
  const { evaluation: refused } = await evaluate(stores, worse, later);
  expect(refused.passed).toBe(false);
  expect(refused.reason).toMatch(
    /it is worse than version 1 in production \(0\.\d+ on the same data; difference [\d.]+, 80 % interval [\d.]+ to [\d.]+\)$/,
  );
});

test('all runs failed: an error by name, with the reasons', async () => {
  const [stores, spec] = [
    temporaryStores(),
    shopSpec({ candidates: [{ trainer: 'mstl', hyperparameters: { depth: 1 } }] }),
  ];
  await accept(stores, spec, 'sales', salesCsv(['a'], 0, 70), time);
  await expect(evaluate(stores, spec)).rejects.toThrow(NoCandidateError);
  await expect(evaluate(stores, spec)).rejects.toThrow(
    'No candidate of sales could be trained. mstl: TrainingError: Hyperparameters of the trainer mstl: it does not know "depth".',
  );
});

test('evaluating again writes the same bytes', async () => {
  const [stores, spec] = [temporaryStores(), gated()];
  await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 0, 70), time);
  const { evaluation } = await evaluate(stores, spec);
  const key = modelKeys.run('sales', evaluation.run, 'evaluation.json');
  const first = await textOf(stores.models, key);
  await evaluate(stores, spec);
  expect(await textOf(stores.models, key)).toBe(first);
});

test('a run that was not evaluated cannot be registered; an evaluated one is registered once', async () => {
  const [stores, spec] = [temporaryStores(), gated()];
  await accept(stores, spec, 'sales', salesCsv(['a', 'b'], 0, 70), time);
  const { evaluation, dataset, runs } = await evaluate(stores, spec);
  const register = (run: string, at = time) =>
    registerVersion({ ...stores, model: 'sales', dataset: dataset.id, run, time: at });
  const other = runs.find(({ id }) => id !== evaluation.run);
  await expect(register(other?.id ?? '')).rejects.toThrow(ObjectNotFoundError);
  const version = await register(evaluation.run);
  expect(version).toMatchObject({
    ...{ version: 1, dataEnd: dataset.grid.end, reason: evaluation.reason },
    metrics: { test: evaluation.test.chosen },
  });
  expect(await register(evaluation.run, later)).toEqual(version);
});
