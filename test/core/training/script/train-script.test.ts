import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { snapshotExamples } from '../../../../core/data/dataset/snapshot-examples.ts';
import { namesOf } from '../../../../core/deployment/names.ts';
import { modelKeys } from '../../../../core/storage/layout.ts';
import type { RunRecord } from '../../../../core/training/run-record.ts';
import { prepareJob } from '../../../../core/training/script/prepare-job.ts';
import type { JobResult } from '../../../../core/training/script/read-script-model.ts';
import { trainCandidate } from '../../../../core/training/train-candidate.ts';
import { accept, type Stores, temporaryStores } from '../../../support/forecasting-loop.ts';
import { HUBS_CSV, hoursSpec, parcelSpec, parcelsCsv } from '../../../support/tabular-loop.ts';
import { tarGz } from '../../../support/tar.ts';

const time = '2026-04-01T00:00:00.000Z';
const later = '2026-04-02T00:00:00.000Z';
const LATE = readFileSync(join(import.meta.dirname, '../../../fixtures/onnx/late.onnx'));
const script = {
  command: ['python3', 'train.py'],
  image: 'i@sha256:1',
  instance: 'ml.m5.large',
  seconds: 60,
};
const candidate = { trainer: 'script', hyperparameters: { depth: 3 }, script };

/** A dataset of parcels, and what a workflow does with a script over it. */
async function setUp(csv = parcelsCsv(0, 600), spec = parcelSpec()) {
  const stores = temporaryStores();
  await accept(stores, spec, 'hubs', HUBS_CSV, time);
  await accept(stores, spec, 'parcels', csv, time);
  const { id: dataset } = await snapshotExamples({ data: stores.data, spec });
  const request = { ...stores, spec, dataset, candidate, codeDigest: 'code', time };
  return {
    ...{ stores, request },
    prepare: (changes: Partial<typeof request> = {}, jobs = 'antei-') =>
      prepareJob({ ...request, ...changes }, jobs),
    train: (result: JobResult, changes: Partial<typeof request> = {}): Promise<RunRecord> =>
      trainCandidate({ ...request, ...changes, result }),
  };
}

const left = (stores: Stores, { output, name }: { output: string; name: string }, archive: Buffer) =>
  stores.models.put(`${output}${name}/output/model.tar.gz`, archive);

const described = (name: string, rest: Record<string, unknown> = {}) => ({
  ...{ TrainingJobName: name, TrainingJobStatus: 'Completed' as const, SecondaryStatus: 'Completed' },
  ...rest,
});

describe('a job is prepared', () => {
  test('with both parts as CSV, in the order of the spec, and never the test part', async () => {
    const { stores, prepare } = await setUp();
    const job = await prepare();
    expect(job).toMatchObject({
      ...{ ended: false, image: 'i@sha256:1', command: ['python3', 'train.py'], instance: 'ml.m5.large' },
      ...{ seconds: 60, hyperparameters: { depth: '3' } },
    });
    expect(job.variables).toHaveProperty('SM_HP_DEPTH', '3');
    expect(job.name).toMatch(/^antei-parcels-[0-9a-f]{16}$/);
    const keys: string[] = [];
    for await (const { key } of stores.models.list('training-input/')) keys.push(key);
    expect(keys).toEqual([`${job.channels.train}train.csv`, `${job.channels.validation}validation.csv`]);
    const read = async (key: string) => String((await stores.models.get(key))?.body).split('\n');
    const train = await read(`${job.channels.train}train.csv`);
    expect(train.slice(0, 3)).toEqual([
      'distance,hub,region,target',
      '0.0,ams,east,false',
      '37.0,dub,west,true',
    ]);
    // 600 parcels, ten a day: 400 to train, 100 to validate; a line feed at the end.
    expect(train).toHaveLength(1 + 400 + 1);
    expect(await read(`${job.channels.validation}validation.csv`)).toHaveLength(1 + 100 + 1);
  });

  test('under a name that is the same at the same moment, and another at another', async () => {
    const { prepare } = await setUp();
    const job = await prepare();
    expect(await prepare()).toEqual(job);
    const next = await prepare({ time: later });
    expect(next).toEqual({ ...job, name: next.name });
    expect(next.name).not.toBe(job.name);
    const changed = { ...candidate, script: { ...script, image: 'i@sha256:2' } };
    expect((await prepare({ candidate: changed })).script).not.toBe(job.script);
  });

  test('under a legal name, however long that of the model is', async () => {
    const name = `m${'-'.repeat(46)}m`;
    const { prepare } = await setUp(parcelsCsv(0, 600), parcelSpec({ name }));
    const legal = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
    expect((await prepare()).name).toMatch(legal);
    const { name: longest } = await prepare({}, namesOf('abcdefghijkl').trainingJobs);
    expect(longest).toMatch(legal);
    expect(longest.slice(0, 'anteiabcdefghijkl-m-'.length)).toBe('anteiabcdefghijkl-m-');
  });

  test('not at all where there is nothing to learn', async () => {
    const spec = hoursSpec();
    const csv = parcelsCsv(0, 600).replaceAll(/,[^,\n]*$/gm, (cell, at) => (at < 40 ? cell : ',7'));
    const { prepare, stores } = await setUp(csv, spec);
    await expect(prepare()).rejects.toMatchObject({
      name: 'TrainingError',
      message: expect.stringMatching(/^The target is 7 in all 400 examples/),
    });
    for await (const { key } of stores.models.list('training-input/')) throw new Error(`found ${key}`);
  });
});

describe('a run of a script', () => {
  test('is of the model that its job left, and records what ran', async () => {
    const { stores, prepare, train, request } = await setUp();
    const job = await prepare();
    await left(stores, job, tarGz({ name: 'model.onnx', content: LATE }));
    const run = await train({ job, described: described(job.name, { TrainingTimeInSeconds: 42 }) });
    expect(run).toMatchObject({
      ...{ status: 'succeeded', trainer: 'script', hyperparameters: { depth: 3 }, script, seconds: 42 },
      ...{ examples: 400, metrics: { validation: { rows: 100 } } },
    });
    const stored = await stores.models.get(modelKeys.run('parcels', run.id, 'model/model.bin'));
    expect(stored?.body.equals(LATE)).toBe(true);
    // From now on nothing has to run: not for the same event, nor for another, nor with newer code.
    expect(await prepare()).toMatchObject({ ended: true });
    expect(await prepare({ time: later })).toMatchObject({ ended: true });
    expect(await train({ job: await prepare({ time: later }) }, { time: later })).toEqual(run);
    const newer = await train({ job: await prepare({ time: later }) }, { codeDigest: 'newer', time: later });
    expect(newer).toMatchObject({ status: 'succeeded', seconds: 42, time: later });
    expect(newer.id).not.toBe(run.id);
    expect(request.time).toBe(run.time);
  });

  test.each([
    [
      'exits',
      { TrainingJobStatus: 'Failed', FailureReason: 'AlgorithmError: no\u001b[2J column <b>, exit code: 2' },
      'The script failed: no␛[2J column <b>, exit code: 2',
    ],
    [
      'runs out of time',
      { TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded', TrainingTimeInSeconds: 61 },
      'The script ran for longer than its time_limit, and was ended after 61 seconds.',
    ],
  ] as const)('that %s has failed for good', async (_, how, message) => {
    const { prepare, train } = await setUp();
    const job = await prepare();
    const failure = { Error: 'States.TaskFailed', Cause: JSON.stringify(described(job.name, how)) };
    const run = await train({ job, failure });
    expect(run).toMatchObject({ status: 'failed', error: { name: 'TrainingError', message } });
    expect(await prepare({ time: later })).toMatchObject({ ended: true });
    expect(await train({ job }, { time: later })).toEqual(run);
  });

  test.each([
    ['nothing', undefined, 'The script left nothing in its model directory; it must leave model.onnx.'],
    [
      'another file',
      tarGz({ name: 'model.pkl', content: 'x' }),
      'The script left no model.onnx in its model directory (it left "model.pkl").',
    ],
    [
      'no archive',
      Buffer.from('garbage'),
      'model.tar.gz is no archive, or is not whole: incorrect header check.',
    ],
  ])('that leaves %s has failed', async (_, archive, message) => {
    const { stores, prepare, train } = await setUp();
    const job = await prepare();
    if (archive !== undefined) await left(stores, job, archive);
    expect(await train({ job, described: described(job.name) })).toMatchObject({
      ...{ status: 'failed', error: { name: 'TrainingError', message } },
    });
  });

  test('that leaves garbage has failed under the name that a bad model has', async () => {
    const { stores, prepare, train } = await setUp();
    const job = await prepare();
    await left(stores, job, tarGz({ name: 'model.onnx', content: 'garbage' }));
    expect(await train({ job, described: described(job.name) })).toMatchObject({
      ...{ status: 'failed', error: { name: 'ModelFormatError' } },
    });
  });

  test('whose preparation was refused tells why', async () => {
    const { train } = await setUp();
    const Cause = JSON.stringify({ errorType: 'TrainingError', errorMessage: 'The target is 7.' });
    expect(await train({ failure: { Error: 'TrainingError', Cause } })).toMatchObject({
      ...{ status: 'failed', error: { name: 'TrainingError', message: 'The target is 7.' } },
    });
  });
});

describe('a job that could not run', () => {
  const limit = { Error: 'SageMaker.ResourceLimitExceededException', Cause: 'No ml.m5.large for you' };
  const lacking = (name: string) => ({
    Error: 'States.TaskFailed',
    Cause: JSON.stringify(
      described(name, {
        TrainingJobStatus: 'Failed',
        SecondaryStatus: 'Failed',
        FailureReason: 'CapacityError: none',
      }),
    ),
  });

  test('is a failed run that the next delivery tries again, and that can then succeed', async () => {
    const { stores, prepare, train } = await setUp();
    const job = await prepare();
    const first = await train({ job, failure: limit });
    expect(first).toMatchObject({
      status: 'failed',
      error: {
        name: 'TrainingJobError',
        message: `The training job ${job.name} could not run: SageMaker.ResourceLimitExceededException: No ml.m5.large for you`,
      },
    });
    // The same event again finds its own answer.
    expect(await train({ job, failure: limit })).toEqual(first);

    const next = await prepare({ time: later });
    expect(next).toMatchObject({ ended: false });
    const second = await train({ job: next, failure: lacking(next.name) }, { time: later });
    expect(second).toMatchObject({
      ...{ id: first.id, status: 'failed', time: later },
      error: { message: `The training job ${next.name} ended as Failed, Failed: CapacityError: none` },
    });

    const third = '2026-04-03T00:00:00.000Z';
    const last = await prepare({ time: third });
    await left(stores, last, tarGz({ name: 'model.onnx', content: LATE }));
    const run = await train({ job: last, described: described(last.name) }, { time: third });
    expect(run).toMatchObject({ id: first.id, status: 'succeeded' });
    // From here on it is settled, whoever comes late.
    expect(await train({ job, failure: limit }, { time: later })).toEqual(run);
  });

  test('that was looked at is judged by what was seen, not by why it was not started', async () => {
    const { stores, prepare, train } = await setUp();
    const job = await prepare();
    await left(stores, job, tarGz({ name: 'model.onnx', content: LATE }));
    const inUse = { Error: 'SageMaker.ResourceInUseException', Cause: 'names are used once' };
    expect(await train({ job, failure: inUse, described: described(job.name) })).toMatchObject({
      status: 'succeeded',
    });
  });
});
