import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { packSpec } from '../../../core/spec/packed-spec.ts';
import { type StepName, steps } from '../../../core/workflow/steps.ts';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { definitionOf, ENTERED_TIME, execute, statesOf } from '../support/machine.ts';
import { departures, synthesize } from '../support/synthesize.ts';
import { resourceOf } from '../support/template.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

const spec = packSpec(departures);
const time = '2001-06-01T08:30:00Z';
const parameter = { Parameter: { Name: '/antei/models/departures', Value: spec } };
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** The step that each task does. */
const STEPS: Readonly<Record<string, StepName>> = {
  'Validate upload': 'validateUpload',
  'Snapshot dataset': 'snapshotDataset',
  'Prepare training job': 'prepareTrainingJob',
  'Train candidate': 'trainCandidate',
  'Give candidate up': 'trainCandidate',
  'Evaluate candidates': 'evaluateCandidates',
  'Register version': 'registerVersion',
  'Request approval': 'requestApproval',
  'Wait for approval': 'awaitDecision',
  'Record decision': 'recordDecision',
  'Start rollout': 'startRollout',
  'Judge rollout': 'judgeRollout',
  'Take version back': 'endRollout',
  'Promote version': 'promoteVersion',
  'Predict batch': 'predictBatch',
  'Measure window': 'measureWindow',
  'Check freshness': 'checkFreshness',
  'Choose remedy': 'chooseRemedy',
  'Roll back production': 'rollBack',
  'Record remedy': 'recordRemedy',
  'Record failure': 'recordFailure',
};

describe('delivery', () => {
  const baseline = { trainer: 'baseline', hyperparameters: {} };
  const mstl = { trainer: 'mstl', hyperparameters: { trend: 'ets' } };
  const runs = [
    { run: 'r1', status: 'succeeded' },
    { run: 'r1', status: 'succeeded' },
  ];
  const key = 'incoming/departures/flights/may.csv';
  const answers = {
    'Read model spec': parameter,
    'Validate upload': { accepted: true, trainingDue: true },
    'Snapshot dataset': { dataset: 'd1', candidates: [baseline, mstl] },
    'Train candidate': runs[0],
    'Evaluate candidates': { passed: true, run: 'r1', reason: 'better' },
    'Register version': { version: 3, approval: false, trial: false },
    'Promote version': { promoted: true, reason: 'first' },
  };
  const deliver = (changed: Record<string, unknown>) =>
    execute(platform, 'Delivery', { time, key }, { ...answers, ...changed });

  test('goes from the upload to production, each step with the fields of its contract', async () => {
    const { calls, status } = await deliver({});
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Validate upload', { time, spec, key }],
      ['Snapshot dataset', { time, spec }],
      ['Train candidate', { time, spec, dataset: 'd1', candidate: baseline }],
      ['Train candidate', { time, spec, dataset: 'd1', candidate: mstl }],
      ['Evaluate candidates', { time, spec, dataset: 'd1', runs }],
      ['Register version', { time, spec, dataset: 'd1', run: 'r1' }],
      ['Promote version', { time, spec, version: 3 }],
    ]);
    for (const [name, input] of calls.slice(1)) {
      const step = STEPS[name];
      expect(step && steps[step].input.safeParse(input).error).toBeUndefined();
    }
  });

  test.each([
    ['a rejected file', { 'Validate upload': { accepted: false, trainingDue: false } }, 'Validate upload'],
    [
      'a file without consequence',
      { 'Validate upload': { accepted: true, trainingDue: false } },
      'Validate upload',
    ],
    [
      'a gate that refuses',
      { 'Evaluate candidates': { passed: false, run: 'r1', reason: 'worse' } },
      'Evaluate candidates',
    ],
  ])('%s ends it in peace', async (_, changed, last) => {
    const { calls, status } = await deliver(changed);
    expect(status).toBe('succeeded');
    expect(calls.at(-1)?.[0]).toBe(last);
  });

  test.each([
    'Validate upload',
    'Snapshot dataset',
    'Train candidate',
    'Evaluate candidates',
    'Register version',
    'Promote version',
  ])('a failure of %s is recorded, then the workflow fails', async name => {
    const { calls, status } = await deliver({
      [name]: named('DatasetError', 'too little data'),
      'Record failure': {},
    });
    expect(status).toBe('failed');
    expect(calls.at(-1)).toEqual([
      'Record failure',
      { time, model: 'departures', workflow: 'delivery', error: 'DatasetError', cause: 'too little data' },
    ]);
  });

  const release = (approval: boolean, trial: boolean) => ({
    'Register version': { version: 3, approval, trial },
    'Request approval': { subject: 'Version 3', message: 'Decide.', seconds: 600 },
    'Notify owner': {},
    'Wait for approval': { approved: true, by: 'ada', reason: 'fine' },
    'Record decision': { approved: true, time: decidedAt },
    'Start rollout': { started: true, until: '2001-06-01T09:00:00.000Z' },
    'Judge rollout': { promote: true, reason: 'as good' },
    'Take version back': { ended: true },
  });
  const decidedAt = '2001-06-01T08:45:00.000Z';
  /** What is called once the version is registered. */
  const released = async (changed: Record<string, unknown>) => {
    const { calls, status } = await deliver(changed);
    expect(status).toBe('succeeded');
    return calls.slice(7);
  };
  const names = (calls: readonly [string, unknown][]) => calls.map(([name]) => name);
  const asking = ['Request approval', 'Notify owner', 'Wait for approval', 'Record decision'];

  test('tells the owner and waits for a decision, where the spec asks for one', async () => {
    const calls = await released(release(true, false));
    expect(names(calls)).toEqual([...asking, 'Promote version']);
    expect(calls[1]?.[1]).toEqual({
      TopicArn: 'arn:aws:sns:<AWS::Region>:<AWS::AccountId>:antei-departures-model',
      Subject: 'Version 3',
      Message: 'Decide.',
    });
    expect(calls[2]?.[1]).toMatchObject({
      Payload: { time: ENTERED_TIME, spec, version: 3, token: 'the token' },
    });
    expect(calls[3]?.[1]).toMatchObject({
      time: ENTERED_TIME,
      answer: { approved: true, by: 'ada', reason: 'fine' },
    });
    expect(calls[4]?.[1]).toEqual({ time: decidedAt, spec, version: 3 });
  });

  test.each([
    ['a refusal', { 'Record decision': { approved: false, time: decidedAt } }, asking],
    [
      'no answer in time',
      {
        'Wait for approval': named('States.Timeout', 'nobody'),
        'Record decision': { approved: false, time: decidedAt },
      },
      asking,
    ],
    [
      'a decision that was made for an earlier delivery',
      { 'Request approval': named('ApprovalDecidedError', 'approved already') },
      ['Request approval', 'Record decision', 'Promote version'],
    ],
    [
      'a decision that was made meanwhile',
      { 'Wait for approval': named('ApprovalDecidedError', 'approved already') },
      [...asking, 'Promote version'],
    ],
  ])('%s is recorded', async (_, changed, expected) => {
    expect(names(await released({ ...release(true, false), ...changed }))).toEqual(expected);
  });

  test.each([
    ['good', {}, ['Start rollout', 'Judge rollout', 'Promote version']],
    [
      'bad',
      { 'Judge rollout': { promote: false, reason: 'slow' } },
      ['Start rollout', 'Judge rollout', 'Take version back'],
    ],
    [
      'without a champion to compare with',
      { 'Start rollout': { started: false, until: time } },
      ['Start rollout', 'Promote version'],
    ],
  ])('a trial that is %s', async (_, changed, expected) => {
    expect(names(await released({ ...release(false, true), ...changed }))).toEqual(expected);
  });

  test('after a trial goes on at the moment of the verdict', async () => {
    const [, judged, promoted] = await released(release(false, true));
    const moment = { time: '2001-06-01T09:00:00.000Z', spec, version: 3 };
    expect([judged?.[1], promoted?.[1]]).toEqual([moment, moment]);
  });

  test('an upload for a model that nobody deployed is recorded under the name that its key gives', async () => {
    const missing = named('Ssm.ParameterNotFoundException', 'no such parameter');
    const { calls, status } = await execute(
      platform,
      'Delivery',
      { time, key: 'incoming/nobody/flights/may.csv' },
      { 'Read model spec': missing, 'Record failure': {} },
    );
    expect(status).toBe('failed');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/nobody' }],
      [
        'Record failure',
        {
          time,
          model: 'nobody',
          workflow: 'delivery',
          error: 'Ssm.ParameterNotFoundException',
          cause: 'no such parameter',
        },
      ],
    ]);
  });

  test('without an upload trains on what was accepted', async () => {
    const { calls, status } = await execute(platform, 'Delivery', { time, model: 'departures' }, answers);
    expect(status).toBe('succeeded');
    expect(calls.map(([name]) => name)).toEqual([
      ...['Read model spec', 'Snapshot dataset', 'Train candidate', 'Train candidate', 'Evaluate candidates'],
      ...['Register version', 'Promote version'],
    ]);
    expect(calls[1]).toEqual(['Snapshot dataset', { time, spec }]);
  });

  test.each([
    ['Sandbox.Timedout', 'Task timed out after 900.00 seconds'],
    ['States.Timeout', ''],
    ['Runtime.ExitError', 'Runtime exited with error: signal: killed'],
    ['Runtime.OutOfMemory', ''],
    ['Lambda.Unknown', ''],
  ])(
    'gives up a candidate whose function ended with %s, and goes on with the others',
    async (name, message) => {
      let lost = false;
      const { calls, status } = await deliver({
        'Train candidate': () => {
          if (lost) return runs[0];
          lost = true;
          throw named(name, message);
        },
        'Give candidate up': { run: 'r0', status: 'failed' },
      });
      expect(status).toBe('succeeded');
      const [, givenUp] = calls.find(([state]) => state === 'Give candidate up') ?? [];
      expect(givenUp).toMatchObject({ time, spec, dataset: 'd1', lost: { Error: name, Cause: message } });
      expect(steps.trainCandidate.input.safeParse(givenUp).error).toBeUndefined();
      const [, evaluated] = calls.find(([state]) => state === 'Evaluate candidates') ?? [];
      const runsOf = steps.evaluateCandidates.input.parse(evaluated).runs;
      expect(runsOf.toSorted((a, b) => (a.run < b.run ? -1 : 1))).toEqual([
        { run: 'r0', status: 'failed' },
        runs[0],
      ]);
    },
  );

  test('trains ten candidates at a time', () => {
    expect(definitionOf(platform, 'Delivery').States['Train candidates']).toMatchObject({
      Type: 'Map',
      MaxConcurrency: 10,
    });
  });
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
    'Read model spec': parameter,
    'Validate upload': { accepted: true, trainingDue: true },
    'Snapshot dataset': { dataset: 'd1', candidates: [candidate] },
    'Prepare training job': job,
    'Run training job': described,
    'Train candidate': { run: 'r1', status: 'succeeded' },
    'Evaluate candidates': { passed: false, run: 'r1', reason: 'worse' },
  };
  const deliver = async (changed: Record<string, unknown>) => {
    const { calls, status } = await execute(platform, 'Delivery', { time, key }, { ...answers, ...changed });
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

describe('prediction', () => {
  const answers = { 'Read model spec': parameter, 'Predict batch': { version: 1, keys: [] } };

  test('of a request names the file', async () => {
    const key = 'requests/departures/next.csv';
    const { calls, status } = await execute(platform, 'Prediction', { time, key }, answers);
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Predict batch', { time, key, model: 'departures', spec }],
    ]);
    expect(steps.predictBatch.input.parse(calls[1]?.[1])).toEqual({ time, key, spec: departures });
  });

  test('after a promotion names none', async () => {
    const { calls } = await execute(
      platform,
      'Prediction',
      { time, key: 'production/departures.json' },
      answers,
    );
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Predict batch', { time, model: 'departures', spec }],
    ]);
    expect(steps.predictBatch.input.parse(calls[1]?.[1])).toEqual({ time, spec: departures });
  });

  test('that fails is recorded', async () => {
    const failing = {
      ...answers,
      'Predict batch': named('PredictionError', 'no version'),
      'Record failure': {},
    };
    const { calls, status } = await execute(
      platform,
      'Prediction',
      { time, key: 'requests/departures/a' },
      failing,
    );
    expect(status).toBe('failed');
    expect(calls.at(-1)).toEqual([
      'Record failure',
      { time, model: 'departures', workflow: 'prediction', error: 'PredictionError', cause: 'no version' },
    ]);
  });
});

describe('monitoring', () => {
  const answers = {
    'Read model spec': parameter,
    'Check freshness': { staleness: 0.5 },
    'Measure window': { window: 'w', measured: true },
  };

  test('of a new part names the part', async () => {
    const key = 'accepted/departures/flights/0a1b.parquet';
    const { calls, status } = await execute(platform, 'Monitoring', { time, key }, answers);
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Check freshness', { time, spec }],
      ['Measure window', { time, key, model: 'departures', spec }],
    ]);
  });

  test('by schedule names none', async () => {
    const { calls, status } = await execute(platform, 'Monitoring', { time, model: 'departures' }, answers);
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Check freshness', { time, spec }],
      ['Measure window', { time, model: 'departures', spec }],
    ]);
    expect(steps.measureWindow.input.parse(calls[2]?.[1])).toEqual({ time, spec: departures });
  });

  test('of the freshness alone measures nothing', async () => {
    const input = { time, model: 'departures', freshnessOnly: 'yes' };
    const { calls, status } = await execute(platform, 'Monitoring', input, answers);
    expect(status).toBe('succeeded');
    expect(calls.map(([name]) => name)).toEqual(['Read model spec', 'Check freshness']);
  });
});

describe('remediation', () => {
  const alarm = 'Antei departures: performance degraded';
  const input = { time, model: 'departures', alarm, state: 'ALARM', reason: 'the last value is 3' };
  const remedy = (kind: string, leave: number | null = null) => ({
    'Read model spec': parameter,
    'Choose remedy': { remedy: kind, because: 'the spec says so', leave },
    'Record remedy': { roles: ['model', 'operations'], subject: 'Antei did', message: 'Look.' },
    'Notify owner': {},
  });
  const recorded = (kind: string, because = 'the spec says so') => [
    'Record remedy',
    { time, spec, alarm, reason: input.reason, remedy: kind, because },
  ];
  const told = ['model', 'operations'].map(role => [
    'Notify owner',
    {
      TopicArn: `arn:aws:sns:<AWS::Region>:<AWS::AccountId>:antei-departures-${role}`,
      Subject: 'Antei did',
      Message: 'Look.',
    },
  ]);

  test('asks with the alarm, its state and the reason, and ends where there is nothing to do', async () => {
    const { calls, status } = await execute(platform, 'Remediation', input, remedy('none'));
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Choose remedy', { ...input, spec }],
    ]);
    expect(steps.chooseRemedy.input.safeParse(calls[1]?.[1]).error).toBeUndefined();
  });

  test('records the remedy, then tells the owners whom the alarm concerns', async () => {
    const { calls, status } = await execute(platform, 'Remediation', input, remedy('notify'));
    expect(status).toBe('succeeded');
    expect(calls.slice(2)).toEqual([recorded('notify'), ...told]);
    expect(steps.recordRemedy.input.safeParse(calls[2]?.[1]).error).toBeUndefined();
  });

  test('starts a delivery without an upload', async () => {
    const answers = { ...remedy('retrain'), 'Start retraining': {} };
    const { calls, status } = await execute(platform, 'Remediation', input, answers);
    expect(status).toBe('succeeded');
    expect(calls.slice(2)).toEqual([
      ['Start retraining', expect.objectContaining({ Input: { time, model: 'departures' } })],
      recorded('retrain'),
      ...told,
    ]);
  });

  test('rolls back the version that was chosen, and records what came of it', async () => {
    const because = 'Version 2 is not in production any more; version 3 is';
    const answers = { ...remedy('rollback', 2), 'Roll back production': { remedy: 'notify', because } };
    const { calls, status } = await execute(platform, 'Remediation', input, answers);
    expect(status).toBe('succeeded');
    expect(calls.slice(2)).toEqual([
      ['Roll back production', { time, spec, version: 2, reason: 'the spec says so' }],
      recorded('notify', because),
      ...told,
    ]);
    expect(steps.rollBack.input.safeParse(calls[2]?.[1]).error).toBeUndefined();
  });

  test.each(['Record remedy', 'Notify owner'])('that fails is recorded: %s', async name => {
    const failing = { ...remedy('notify'), [name]: named('Error', 'no'), 'Record failure': {} };
    const { calls, status } = await execute(platform, 'Remediation', input, failing);
    expect(status).toBe('failed');
    expect(calls.at(-1)?.[0]).toBe('Record failure');
  });
});

describe.each([
  [
    'Delivery',
    [
      'Uploaded?',
      'Read model spec',
      'Note the upload',
      'Keep model spec',
      'To be validated?',
      'Validate upload',
      'Accepted?',
      'Training due?',
      'Snapshot dataset',
      'Train candidates',
      'Script?',
      'Train candidate',
      'Give candidate up',
      'Prepare training job',
      'Did a job end before?',
      'Run training job',
      'Did the job fail?',
      'Look at training job',
      'Wait for training job',
      'Job under way?',
      'Evaluate candidates',
      'Gate passed?',
      'Register version',
      'Approval needed?',
      'Trial needed?',
      'Note the moment of the decision',
      'Approved?',
      'Record decision',
      'Request approval',
      'Notify owner',
      'Wait for approval',
      'Record failure',
      'Start rollout',
      'On trial?',
      'Promote version',
      'Good enough?',
      'Judge rollout',
      'Note the end of the trial',
      'Wait for traffic',
      'Take version back',
      'Taken back',
      'Delivered',
      'Delivery failed',
      'Rejected',
      'Champion stays',
      'Nothing to train',
      'Quarantined',
    ],
  ],
  [
    'Prediction',
    [
      'Requested?',
      'Note the promotion',
      'Read model spec',
      'Note the request',
      'Note the new data',
      'Keep model spec',
      'Predict batch',
      'Predicted',
      'Record failure',
      'Prediction failed',
    ],
  ],
  [
    'Monitoring',
    [
      'New data?',
      'Read model spec',
      'Note the new data',
      'Keep model spec',
      'Check freshness',
      'Freshness only?',
      'Measure window',
      'Measured',
      'Record failure',
      'Monitoring failed',
      'Checked',
    ],
  ],
  [
    'Remediation',
    [
      'Read model spec',
      'Keep model spec',
      'Choose remedy',
      'Which remedy?',
      'Record remedy',
      'Tell owners',
      'Notify owner',
      'Remedied',
      'Record failure',
      'Remediation failed',
      'Start retraining',
      'Roll back production',
      'Nothing to do',
    ],
  ],
])('the machine %s', (id, names) => {
  test('logs its steps, without data, and traces them, under a name that people recognize', () => {
    const { StateMachineName, LoggingConfiguration, TracingConfiguration } = resourceOf(
      platform,
      'AWS::StepFunctions::StateMachine',
      id,
    ).Properties;
    expect(StateMachineName).toBe(`antei-${id.toLowerCase()}`);
    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(TracingConfiguration).toEqual({ Enabled: true });
    expect(resourceOf(platform, 'AWS::Logs::LogGroup', `${id}Log`).Properties).toEqual({
      LogGroupName: `/aws/vendedlogs/states/antei-${id.toLowerCase()}`,
      RetentionInDays: 90,
    });
  });

  test('has these states, each name once', () => {
    const found = statesOf(platform, id).map(([name]) => name);
    expect(found.toSorted()).toEqual(names.toSorted());
    expect(new Set(found).size).toBe(found.length);
  });

  test('lets every failure end in Record failure', () => {
    const ofCandidates = [
      ...['Prepare training job', 'Run training job', 'Look at training job', 'Train candidate'],
    ];
    const guarded = Object.fromEntries(
      statesOf(platform, id).flatMap(([name, { Catch }]) =>
        Catch === undefined || ofCandidates.includes(name) ? [] : [[name, Catch]],
      ),
    );
    const others = ['Read model spec', 'Train candidates', 'Notify owner', 'Start retraining', 'Tell owners'];
    const fallible = names.filter(name => STEPS[name] !== undefined || others.includes(name));
    const recorded = { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Record failure' };
    const decided = (...errors: string[]) => ({
      ErrorEquals: errors,
      ResultPath: '$.answer',
      Next: 'Record decision',
    });
    const first: Readonly<Record<string, unknown>> = {
      'Request approval': decided('ApprovalDecidedError'),
      'Wait for approval': decided('ApprovalDecidedError', 'States.Timeout'),
    };
    // The failure of a candidate, or of telling one of several owners, is caught by the Map around it; what records failures has nowhere to turn.
    const unguarded = [
      ...['Train candidate', 'Give candidate up', 'Prepare training job', 'Record failure'],
      ...(names.includes('Tell owners') ? ['Notify owner'] : []),
    ];
    expect(guarded).toEqual(
      Object.fromEntries(
        fallible
          .filter(name => !unguarded.includes(name))
          .map(name => [name, name in first ? [first[name], recorded] : [recorded]]),
      ),
    );
  });

  test('asks busy services again, with full jitter, and gives a task a little longer than its function', () => {
    const policy = {
      IntervalSeconds: 2,
      BackoffRate: 2,
      MaxAttempts: 6,
      MaxDelaySeconds: 60,
      JitterStrategy: 'FULL',
    };
    const lambda = [
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
    ];
    const sagemaker = [
      'SageMaker.AmazonSageMakerException',
      'SageMaker.SageMakerException',
      'SageMaker.SdkClientException',
    ];
    const ssm = ['Ssm.InternalServerErrorException', 'Ssm.SdkClientException', 'Ssm.SsmException'];
    const sns = ['Sns.InternalErrorException', 'Sns.ThrottledException', 'Sns.SdkClientException'];
    const busy: Readonly<Record<string, string[]>> = {
      ...{ 'Read model spec': ssm, 'Notify owner': sns, 'Start retraining': ['States.TaskFailed'] },
    };
    const seconds: Readonly<Record<string, number | undefined>> = {
      // How long a person may take is said by the spec.
      ...{ 'Read model spec': 60, 'Notify owner': 60, 'Wait for approval': undefined },
      // SageMaker ends a job after 28 days.
      ...{ 'Look at training job': 60, 'Run training job': 29 * 86_400, 'Start retraining': 60 },
    };
    const tasks = statesOf(platform, id).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.map(([name, { Retry, TimeoutSeconds }]) => [name, Retry, TimeoutSeconds])).toEqual(
      tasks.map(([name]) => [
        name,
        [
          {
            ErrorEquals: busy[name] ?? (STEPS[name] === undefined ? sagemaker : lambda),
            ...policy,
          },
        ],
        name in seconds ? seconds[name] : HANDLERS[STEPS[name] ?? 'recordFailure'].duckdb ? 960 : 120,
      ]),
    );
  });
});
