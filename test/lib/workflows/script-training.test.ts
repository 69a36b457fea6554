import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { steps } from '../../../core/workflow/steps.ts';
import { execute } from '../support/machine.ts';
import { synthesize } from '../support/synthesize.ts';
import { resourceOf } from '../support/template.ts';
import { named, PARAMETER, TIME } from '../support/workflow-inputs.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe('delivery of a script', () => {
  const script = { command: ['python3', 'train.py'], image: 'i', instance: 'ml.m5.large', seconds: 60 };
  const candidate = { trainer: 'script', hyperparameters: { depth: 3 }, script };
  const key = 'incoming/departures/flights/may.csv';
  const job = {
    ...{ ended: false, script: 's1', name: 'antei-m-1', image: 'i', command: ['python3', 'train.py'] },
    ...{
      instance: 'ml.m5.large',
      seconds: 60,
      hyperparameters: { depth: '3' },
      variables: { SM_HP_DEPTH: '3' },
    },
    channels: { train: 'training-input/m/s1/train/', validation: 'training-input/m/s1/validation/' },
    output: 'training-output/m/s1/',
  };
  const described = {
    ...{ TrainingJobName: 'antei-m-1', TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' },
  };
  const answers = {
    'Read model spec': PARAMETER,
    'Validate upload': { accepted: true, trainingDue: true },
    'Snapshot dataset': { dataset: 'd1', candidates: [candidate] },
    'Prepare training job': job,
    'Run training job': described,
    'Train candidate': { run: 'r1', status: 'succeeded' },
    'Evaluate candidates': { passed: false, run: 'r1', reason: 'worse' },
  };
  const deliver = async (changed: Record<string, unknown>) => {
    const { calls, status } = await execute(
      platform,
      'Delivery',
      { time: TIME, key },
      { ...answers, ...changed },
    );
    const [, taught] = calls.find(([name]) => name === 'Train candidate') ?? [];
    return {
      status,
      steps: calls.map(([name]) => name).filter(name => /job|candidate/.test(name)),
      // What the step makes of the whole state.
      taught: taught === undefined ? undefined : steps.trainCandidate.input.parse(taught),
      asked: calls.find(([name]) => name === 'Run training job')?.[1],
    };
  };
  const all = ['Prepare training job', 'Run training job', 'Train candidate', 'Evaluate candidates'];

  test('prepares its data, runs its job, and trains from what the job left', async () => {
    const { status, steps: done, taught, asked } = await deliver({});
    expect([status, done]).toEqual(['succeeded', all]);
    expect(taught).toMatchObject({
      dataset: 'd1',
      candidate,
      described,
      job: { script: 's1', name: 'antei-m-1' },
    });
    const channel = (name: string) => ({
      ...{ ChannelName: name, ContentType: 'text/csv' },
      DataSource: {
        S3DataSource: {
          ...{ S3DataType: 'S3Prefix', S3DataDistributionType: 'FullyReplicated' },
          S3Uri: `s3://<${resourceOf(platform, 'AWS::S3::Bucket', 'Models').id}>/training-input/m/s1/${name}/`,
        },
      },
    });
    expect(asked).toEqual({
      TrainingJobName: 'antei-m-1',
      RoleArn: expect.stringMatching(/^<DeliveryScriptsJobRole\w+>$/),
      AlgorithmSpecification: {
        ...{ TrainingImage: 'i', ContainerEntrypoint: ['python3', 'train.py'], TrainingInputMode: 'File' },
      },
      HyperParameters: { depth: '3' },
      Environment: { SM_HP_DEPTH: '3' },
      InputDataConfig: [channel('train'), channel('validation')],
      OutputDataConfig: {
        S3OutputPath: `s3://<${resourceOf(platform, 'AWS::S3::Bucket', 'Models').id}>/training-output/m/s1/`,
      },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      EnableNetworkIsolation: true,
    });
  });

  test('whose end is known starts no job', async () => {
    const { status, steps: done } = await deliver({ 'Prepare training job': { ...job, ended: true } });
    expect([status, done]).toEqual(['succeeded', all.filter(name => name !== 'Run training job')]);
  });

  test('that has nothing to learn from is a failed run, not a failed workflow', async () => {
    const { status, taught } = await deliver({
      'Prepare training job': named('TrainingError', 'the target is constant'),
    });
    expect(status).toBe('succeeded');
    expect(taught).toMatchObject({ failure: { Error: 'TrainingError', Cause: 'the target is constant' } });
    expect(taught).not.toHaveProperty('job');
  });

  test('whose data cannot be read fails the workflow on record', async () => {
    const { status } = await deliver({
      'Prepare training job': named('ObjectNotFoundError', 'gone'),
      'Record failure': {},
    });
    expect(status).toBe('failed');
  });

  test('whose job fails is trained from the reason', async () => {
    const cause = JSON.stringify({
      ...described,
      TrainingJobStatus: 'Failed',
      FailureReason: 'AlgorithmError: x',
    });
    const {
      status,
      steps: done,
      taught,
    } = await deliver({
      'Run training job': named('States.TaskFailed', cause),
    });
    expect([status, done]).toEqual(['succeeded', all]);
    expect(taught).toMatchObject({
      job: { script: 's1' },
      failure: { Error: 'States.TaskFailed', Cause: cause },
    });
  });

  test('whose job is there already waits for that one', async () => {
    const looks = ['InProgress', 'Stopping', 'Completed'];
    const {
      status,
      steps: done,
      taught,
    } = await deliver({
      'Run training job': named('SageMaker.ResourceInUseException', 'names are used once'),
      'Look at training job': () => ({ ...described, TrainingJobStatus: looks.shift() }),
    });
    expect(status).toBe('succeeded');
    expect(done).toEqual([
      ...['Prepare training job', 'Run training job'],
      ...['Look at training job', 'Look at training job', 'Look at training job'],
      ...['Train candidate', 'Evaluate candidates'],
    ]);
    expect(taught?.described).toMatchObject({ TrainingJobStatus: 'Completed' });
  });

  test('whose job could not be started is trained from that', async () => {
    const {
      status,
      steps: done,
      taught,
    } = await deliver({
      'Run training job': named('SageMaker.ResourceLimitExceededException', 'no ml.m5.large'),
      'Look at training job': named('SageMaker.SageMakerException', 'no such job'),
    });
    expect(status).toBe('succeeded');
    expect(new Set(done)).toEqual(new Set([...all, 'Look at training job']));
    expect(taught?.described).toBeUndefined();
    expect(taught?.failure).toEqual({
      Error: 'SageMaker.ResourceLimitExceededException',
      Cause: 'no ml.m5.large',
    });
  });
});
