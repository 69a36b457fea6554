import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FileStore } from '../../../core/storage/file-store.ts';
import { programOf } from '../../../local/training/programs.ts';
import { TrainingJobs } from '../../../local/training/training-jobs.ts';
import { eventually } from '../../support/eventually.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A program that notes each start, and whether another was under way, and ends when it is told to. */
const PROGRAM = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
appendFileSync('starts', process.env.SM_HP_JOB + '\\n');
writeFileSync(process.env.SM_MODEL_DIR + '/model.onnx', 'model');
const wait = setInterval(() => { if (existsSync('go')) clearInterval(wait); }, 20);
`;

function cloud() {
  const folder = temporaryDirectory();
  const state = temporaryDirectory();
  writeFileSync(join(folder, 'train.mjs'), PROGRAM);
  const store = new FileStore(pathToFileURL(temporaryDirectory()).href);
  const program = programOf('m', folder, ['node', 'train.mjs']);
  const open = () => {
    const jobs = new TrainingJobs({
      programs: [program],
      storeOf: () => store,
      directory: join(state, 'jobs'),
      logs: join(state, 'logs'),
      concurrency: 2,
    });
    onTestFinished(() => jobs.stop());
    return jobs;
  };
  const parameters = (name: string, changes: Record<string, unknown> = {}) => ({
    TrainingJobName: name,
    RoleArn: 'arn:aws:iam::000000000000:role/r',
    AlgorithmSpecification: {
      TrainingImage: program.image,
      TrainingInputMode: 'File',
      ContainerEntrypoint: ['node', 'train.mjs'],
    },
    HyperParameters: { job: name },
    Environment: { SM_HP_JOB: name, SM_MODEL_DIR: '/opt/ml/model' },
    InputDataConfig: [
      {
        ChannelName: 'train',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://b/in/' } },
      },
    ],
    OutputDataConfig: { S3OutputPath: 's3://b/out/' },
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    EnableNetworkIsolation: true,
    ...changes,
  });
  return {
    ...{ open, parameters, folder, program },
    started: (): string[] => {
      try {
        return readFileSync(join(folder, 'starts'), 'utf8').trim().split('\n');
      } catch {
        return [];
      }
    },
    go: () => writeFileSync(join(folder, 'go'), ''),
  };
}

const completed = { TrainingJobName: 'j', TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' };

test('a name is used once: while the job runs, and after it has ended', async () => {
  const { open, parameters, started, go } = cloud();
  const jobs = open();
  const first = jobs.run(parameters('j'), 'call 1');
  await expect(jobs.run(parameters('j'), 'call 2')).rejects.toMatchObject({ name: 'JobExistsError' });
  expect(await jobs.describe('j')).toMatchObject({ TrainingJobStatus: 'InProgress' });
  go();
  expect(await first).toMatchObject(completed);
  await expect(jobs.run(parameters('j'), 'call 2')).rejects.toMatchObject({ name: 'JobExistsError' });
  expect(await jobs.describe('j')).toMatchObject(completed);
  expect(await jobs.describe('other')).toBeUndefined();
  expect(await jobs.describe('../jobs/j')).toBeUndefined();
  expect(started()).toEqual(['j']);
});

test('the same call gets the same answer after a restart, without another run', async () => {
  const { open, parameters, started, go } = cloud();
  go();
  const answer = await open().run(parameters('j'), 'call');
  expect(await open().run(parameters('j'), 'call')).toEqual(answer);
  expect(started()).toEqual(['j']);
});

test('a job that was under way when the cloud stopped is killed, answers nobody, and is run again', async () => {
  const { open, parameters, started, go } = cloud();
  const jobs = open();
  const answered = vi.fn();
  void jobs.run(parameters('j'), 'call').then(answered, answered);
  await eventually(() => expect(started()).toEqual(['j']));
  await jobs.stop();
  expect(await jobs.describe('j')).toMatchObject({ TrainingJobStatus: 'InProgress' });
  go();
  expect(await open().run(parameters('j'), 'call')).toMatchObject(completed);
  expect(started()).toEqual(['j', 'j']);
  expect(answered).not.toHaveBeenCalled();
});

test('only as many run at a time as there is room for', async () => {
  const { open, parameters, started, go } = cloud();
  const jobs = open();
  const all = ['a', 'b', 'c'].map(name => jobs.run(parameters(name), name));
  await eventually(() => expect(started()).toHaveLength(2));
  await new Promise(resolve => setTimeout(resolve, 300));
  expect(started()).toHaveLength(2);
  go();
  await Promise.all(all);
  expect(started().sort()).toEqual(['a', 'b', 'c']);
});

test('nothing runs but the programs of deployed specs, as they were when they were deployed', async () => {
  const { open, parameters, program, started } = cloud();
  const algorithm = parameters('j').AlgorithmSpecification;
  const attempts = [
    { ...algorithm, ContainerEntrypoint: ['sh', '-c', 'touch starts'] },
    { ...algorithm, TrainingImage: program.image.replace(/.$/, 'x') },
    { ...algorithm, TrainingImage: '' },
  ];
  for (const [i, AlgorithmSpecification] of attempts.entries()) {
    expect(await open().run(parameters(`j${i}`, { AlgorithmSpecification }), 'call')).toMatchObject({
      TrainingJobStatus: 'Failed',
      FailureReason: expect.stringMatching(
        /^ClientError: the program .* is no longer that of a deployed spec/,
      ),
    });
  }
  expect(started()).toEqual([]);
});

test.each([
  ['a variable that changes how programs run', { Environment: { NODE_OPTIONS: '--require ./x.js' } }],
  ['a variable that hides behind the prefix', { Environment: { 'SM_A=1\nLD_PRELOAD': 'x' } }],
  ['a name that is a path', { TrainingJobName: '../../x' }],
  ['a channel that is a path', { InputDataConfig: [{ ChannelName: '..', DataSource: {} }] }],
  ['a parameter that is not known', { CheckpointConfig: {} }],
])('%s is refused', async (_, changes) => {
  const { open, parameters } = cloud();
  await expect(open().run(parameters('j', changes), 'call')).rejects.toMatchObject({ name: 'ZodError' });
});

test('a program is named by its command and the files of its folder that this names', () => {
  const folder = temporaryDirectory();
  const write = (text: string) => writeFileSync(join(folder, 'train.py'), text);
  const image = (...command: string[]) => programOf('m', folder, command).image;
  write('one');
  const one = image('python3', 'train.py');
  expect(one).toMatch(/^local\/m@sha256:[0-9a-f]{64}$/);
  write('two');
  const two = image('python3', 'train.py');
  expect(two).not.toBe(one);
  write('one');
  expect(image('python3', 'train.py')).toBe(one);
  expect(image('python3', 'train.py', '--fast')).not.toBe(one);
  // What lies outside is not read: its words count, its content does not.
  const outside = image('python3', '/etc/hosts', '../x');
  expect(image('python3', '/etc/hosts', '../x')).toBe(outside);
});
