import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { alarmName } from '../../../core/monitoring/alarm-names.ts';
import { listMonitoring } from '../../../core/monitoring/monitoring-record.ts';
import { packSpec } from '../../../core/spec/packed-spec.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { dataKeys, modelKeys } from '../../../core/storage/layout.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import type { StepName, StepOutput } from '../../../core/workflow/steps.ts';
import { HUBS_CSV, parcelSpec, parcelsCsv } from '../../support/tabular-loop.ts';
import { type Asked, DeployedFunctions } from '../support/deployed-functions.ts';

/** The whole loop by the functions as they are deployed, each with what the template's policies grant it, and nothing more. */

const spec = parseSpec(
  `
name: shop
task: forecasting
tables:
  sales:
    time: day
    freshness: 4 days
    columns:
      day: { type: date, required: true }
      amount: { type: number, required: true, min: 0 }
series: { table: sales, time: day, every: 1 day, value: sum(amount), season: [7] }
horizon: 7
gate: { better_than: [baseline, champion] }
monitoring: { on_drift: retrain, on_degradation: rollback }
`,
  'shop.yaml',
);
const packed = packSpec(spec);

/** A model of parcels that was trained before. */
const LATE = join(import.meta.dirname, '..', '..', 'fixtures', 'onnx', 'late.onnx');

/** One row per day from 1 January 2024, busier at weekends, a little noise. */
function sales(from: number, days: number): string {
  const rows = Array.from({ length: days }, (_, index) => {
    const day = new Date(Date.UTC(2024, 0, 1 + from + index));
    const weekend = day.getUTCDay() % 6 === 0 ? 40 : 0;
    return `${day.toISOString().slice(0, 10)},${100 + weekend + (((from + index) * 7919) % 11)}`;
  });
  return ['day,amount', ...rows, ''].join('\n');
}

// Each test starts some dozens of functions one after the other: minutes on a machine that does much else.
vi.setConfig({ testTimeout: 300_000 });

let functions: DeployedFunctions;
let data: ObjectStore;
let models: ObjectStore;

beforeAll(async () => {
  functions = await DeployedFunctions.start();
  [data, models] = [functions.open('data'), functions.open('models')];
});
afterAll(() => functions.stop());

const invoke = <S extends StepName>(step: S, input: Asked<S>): Promise<StepOutput<S>> =>
  functions.invoke(step, input);

const keysOf = async (store: ObjectStore, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
};

/** The jobs of a model, and how each ended. */
async function lineageOf(
  model: string,
): Promise<{ readonly job: string; readonly end: string | undefined }[]> {
  const keys = await keysOf(models, `lineage/${model}/`);
  const read = async (key: string) => {
    const object = await models.get(key);
    if (object === undefined) return undefined;
    return z
      .object({ eventType: z.string(), job: z.object({ name: z.string() }) })
      .parse(JSON.parse(object.body.toString()));
  };
  return await Promise.all(
    keys
      .filter(key => key.endsWith('/start.json'))
      .map(async key => ({
        job: (await read(key))?.job.name ?? '',
        end: (await read(key.replace('/start.json', '/end.json')))?.eventType,
      })),
  );
}

/** What the delivery machine does once an upload was accepted. */
async function deliver(time: string, spec = packed): Promise<number> {
  const { dataset, candidates } = await invoke('snapshotDataset', { time, spec });
  const runs = await Promise.all(
    candidates.map(candidate => invoke('trainCandidate', { time, spec, dataset, candidate })),
  );
  expect(runs.length).toBeGreaterThan(1);
  expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  const { run } = await invoke('evaluateCandidates', { time, spec, dataset, runs });
  const { version } = await invoke('registerVersion', { time, spec, dataset, run });
  expect(await invoke('promoteVersion', { time, spec, version })).toMatchObject({ promoted: true });
  return version;
}

async function upload(time: string, file: string, content: string) {
  const key = dataKeys.incoming({ model: 'shop', table: 'sales', file });
  await data.put(key, content);
  return invoke('validateUpload', { time, spec: packed, key });
}

const accepted = { accepted: true, trainingDue: true };
const rejected = { accepted: false, trainingDue: false };

describe('over S3, each function under its own permissions', () => {
  test('the whole loop works, twice, and again for what is delivered twice', async () => {
    const may1 = '2024-05-01T06:00:00Z';
    expect(await upload(may1, 'first.csv', sales(0, 120))).toEqual(accepted);
    expect(await deliver(may1)).toBe(1);
    expect(await invoke('predictBatch', { time: may1, spec: packed })).toEqual({
      version: 1,
      keys: ['predictions/shop/1/forecast.parquet', 'predictions/shop/1/forecast.csv'],
    });
    const request = dataKeys.request('shop', 'may.csv');
    await data.put(request, 'day\n2024-05-02\n2024-05-03\n');
    expect(await invoke('predictBatch', { time: may1, spec: packed, key: request })).toEqual({
      version: 1,
      keys: ['predictions/shop/1/may.parquet', 'predictions/shop/1/may.csv'],
    });

    const may8 = '2024-05-08T06:00:00Z';
    expect(await upload(may8, 'second.csv', sales(120, 7))).toEqual(accepted);
    expect(await upload('2024-05-08T07:00:00Z', 'again.csv', sales(120, 7))).toEqual(accepted);
    const parts = (await keysOf(data, dataKeys.acceptedParts('shop', 'sales'))).filter(key =>
      key.endsWith('.parquet'),
    );
    expect(parts).toHaveLength(2);
    const windows = await Promise.all(
      parts.map(key => invoke('measureWindow', { time: may8, spec: packed, key })),
    );
    expect(windows.map(({ measured }) => measured).sort()).toEqual([false, true]);
    // The forecast continues the new data before any version was trained on it.
    expect(await invoke('predictBatch', { time: may8, spec: packed, key: parts[0] ?? '' })).toMatchObject({
      version: 1,
    });
    expect(await invoke('measureWindow', { time: '2024-05-07T06:00:00Z', spec: packed })).toMatchObject({
      measured: true,
    });
    expect(await deliver(may8)).toBe(2);
    expect(await deliver(may8)).toBe(2);

    expect(await upload(may8, 'broken.csv', 'day,amount\n2024-05-08,-3\n')).toEqual(rejected);
    expect(await upload(may8, 'broken.csv', 'day,amount\n2024-05-08,-3\n')).toEqual(rejected);
    const ended = await lineageOf('shop');
    expect(new Set(ended.map(({ job }) => job))).toEqual(
      new Set([
        ...['shop.validate', 'shop.snapshot', 'shop.train.baseline', 'shop.train.mstl', 'shop.evaluate'],
        ...['shop.predict', 'shop.measure'],
      ]),
    );
    expect(ended.map(({ end }) => end)).toEqual(ended.map(() => 'COMPLETE'));
    // As if all functions had died at once: their jobs began and did not end.
    for (const key of await keysOf(models, modelKeys.lineageAt('shop', may8))) {
      if (key.endsWith('/end.json')) await models.delete(key);
    }
    await invoke('recordFailure', {
      time: may8,
      model: 'shop',
      workflow: 'delivery',
      error: 'E',
      cause: 'c',
    });
    const aborted = (await lineageOf('shop')).filter(({ end }) => end !== 'COMPLETE');
    expect(aborted.map(({ job, end }) => `${job} ${end}`).sort()).toEqual([
      'shop.evaluate ABORT',
      ...['shop.measure undefined', 'shop.measure undefined', 'shop.predict undefined'],
      'shop.snapshot ABORT',
      ...['shop.train.baseline ABORT', 'shop.train.mstl ABORT'],
      ...['shop.validate ABORT', 'shop.validate ABORT'],
    ]);
    expect(functions.denied).toEqual([]);
  });

  test('a version waits for a person, is tried and taken back, each step delivered twice', async () => {
    const careful = packSpec({
      ...spec,
      approval: 'manual',
      rollout: { canary: 10, minutes: 15, min_requests: 20, on_little_traffic: 'keep' },
    });
    const time = '2024-05-15T06:00:00Z';
    const twice = async <S extends StepName>(step: S, input: Asked<S>) => {
      const first = await invoke(step, input);
      expect(await invoke(step, input)).toEqual(first);
      return first;
    };
    expect(await upload(time, 'third.csv', sales(127, 7))).toEqual(accepted);
    const { dataset, candidates } = await invoke('snapshotDataset', { time, spec: careful });
    const runs = await Promise.all(
      candidates.map(candidate => invoke('trainCandidate', { time, spec: careful, dataset, candidate })),
    );
    const { run } = await invoke('evaluateCandidates', { time, spec: careful, dataset, runs });
    const version = 3;
    expect(await invoke('registerVersion', { time, spec: careful, dataset, run })).toEqual({
      ...{ version, approval: true, trial: true },
    });
    const of = { time, spec: careful, version };
    expect(await twice('requestApproval', of)).toMatchObject({
      subject: 'Antei: version 3 of shop waits for approval',
      seconds: 7 * 86_400,
    });
    await twice('awaitDecision', { ...of, token: 'the token' });
    const answer = { approved: true, by: 'ada', reason: 'fine' };
    expect(await twice('recordDecision', { ...of, answer })).toEqual({ approved: true, time });
    const until = '2024-05-15T06:17:00.000Z';
    expect(await twice('startRollout', of)).toEqual({ started: true, until });
    await data.put('prediction-log/shop/2024/05/15/06/a.jsonl', 'no line of a log\n');
    expect(await twice('judgeRollout', { ...of, time: until })).toEqual({
      promote: false,
      reason: 'Too little traffic to judge version 3: 0 of 20 requests. As the spec says, version 2 stays',
    });
    expect(await twice('endRollout', { ...of, time: until, reason: 'too little' })).toEqual({ ended: true });
    expect(functions.denied).toEqual([]);
  });

  test('the loop of a tabular task works with the same permissions', async () => {
    // An ONNX model needs more of its functions than one of ours: a layer, and the files that people bring.
    const spec = packSpec(parcelSpec({ candidates: [{ trainer: 'onnx', file: 'late.onnx' }] }));
    await models.putFile(modelKeys.brought('parcels', 'late.onnx'), LATE);
    const time = '2026-03-02T06:00:00Z';
    const put = async (table: string, file: string, content: string) => {
      const key = dataKeys.incoming({ model: 'parcels', table, file });
      await data.put(key, content);
      return invoke('validateUpload', { time, spec, key });
    };
    expect(await put('hubs', 'hubs.csv', HUBS_CSV)).toEqual({ accepted: true, trainingDue: false });
    expect(await put('parcels', 'first.csv', parcelsCsv(0, 600))).toEqual(accepted);
    expect(await deliver(time, spec)).toBe(1);
    const version = await models.get(modelKeys.version('parcels', 1));
    expect(JSON.parse(String(version?.body))).toMatchObject({ recipe: { trainer: 'onnx' } });
    const request = dataKeys.request('parcels', 'march.csv');
    await data.put(request, 'hub,distance\nams,3\n');
    expect(await invoke('predictBatch', { time, spec, key: request })).toEqual({
      version: 1,
      keys: ['predictions/parcels/1/march.parquet', 'predictions/parcels/1/march.csv'],
    });
    expect(await put('parcels', 'second.csv', parcelsCsv(600, 650))).toEqual(accepted);
    const parts = (await keysOf(data, dataKeys.acceptedParts('parcels', 'parcels'))).filter(key =>
      key.endsWith('.parquet'),
    );
    // Within the time of the second part.
    await data.put('prediction-log/parcels/2026/03/03/06/a.jsonl', 'no line of a log\n');
    const windows = await Promise.all(parts.map(key => invoke('measureWindow', { time, spec, key })));
    expect(windows.map(({ measured }) => measured).sort()).toEqual([false, true]);
    // What went into production after a window does not change which version the window is about: the event log tells.
    const next = { ...JSON.parse(String(version?.body)), version: 2 };
    await models.put(modelKeys.version('parcels', 2), JSON.stringify(next));
    const later = { time: '2026-03-10T06:00:00Z', spec };
    expect(await invoke('promoteVersion', { ...later, version: 2 })).toMatchObject({ promoted: true });
    const again = await Promise.all(parts.map(key => invoke('measureWindow', { ...later, key })));
    expect(again).toEqual(windows);
    const records = await listMonitoring(models, 'parcels');
    expect(records.filter(({ measured }) => measured)).toMatchObject([{ version: 1 }]);
    expect(functions.denied).toEqual([]);
  });

  test('a script is trained with the permissions of functions and jobs, and only once', async () => {
    const program = `require('node:fs').copyFileSync('${LATE}', process.env.SM_MODEL_DIR + '/model.onnx')`;
    const spec = packSpec(
      parcelSpec({ candidates: [{ trainer: 'script', command: [process.execPath, '-e', program] }] }),
    );
    const time = '2026-03-03T06:00:00Z';
    const { dataset, candidates } = await invoke('snapshotDataset', { time, spec });
    const work = { time, spec, dataset, candidate: candidates[1] ?? { trainer: '', hyperparameters: {} } };
    const result = await functions.runScript(work);
    expect(result).toMatchObject({ described: { TrainingJobStatus: 'Completed' } });
    const run = await invoke('trainCandidate', { ...work, ...result });
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(await functions.runScript({ ...work, time: '2026-03-04T06:00:00Z' })).not.toHaveProperty(
      'described',
    );
    expect(functions.denied).toEqual([]);
  });

  test('an alarm is answered, each step delivered twice', async () => {
    expect(await invoke('checkFreshness', { time: '2024-05-19T00:00:00Z', spec: packed })).toEqual({
      staleness: 1.5,
    });
    const alarm = alarmName('shop', 'performance');
    const wentOff = {
      time: '2024-05-19T06:00:00Z',
      spec: packed,
      alarm,
      state: 'ALARM',
      reason: 'r',
    } as const;
    expect(await invoke('chooseRemedy', wentOff)).toMatchObject({ remedy: 'notify', leave: null });
    const drifted = { ...wentOff, alarm: alarmName('shop', 'drift') };
    expect(await invoke('chooseRemedy', drifted)).toMatchObject({ remedy: 'retrain' });
    const remedied = { time: wentOff.time, spec: packed, alarm, reason: 'r' };
    expect(await invoke('recordRemedy', { ...remedied, remedy: 'notify', because: 'b' })).toMatchObject({
      ...{ roles: ['model', 'operations'], subject: 'Antei needs you for shop: performance degraded' },
    });
    const leaving = { time: wentOff.time, spec: packed, version: 2, reason: 'r' };
    expect(await invoke('rollBack', leaving)).toMatchObject({ remedy: 'rollback' });
    expect(await invoke('rollBack', leaving)).toMatchObject({ remedy: 'rollback' });
    expect(functions.denied).toEqual([]);
  });

  test('no function has a permission that the loop does not need', () => {
    expect(functions.unused).toEqual([]);
  });
});
