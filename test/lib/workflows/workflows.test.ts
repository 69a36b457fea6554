import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { packSpec } from '../../../core/spec/packed-spec.ts';
import { type StepName, steps } from '../../../core/workflow/steps.ts';
import { definitionOf, execute, statesOf } from '../support/machine.ts';
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
  'Train candidate': 'trainCandidate',
  'Evaluate candidates': 'evaluateCandidates',
  'Register version': 'registerVersion',
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
    'Register version': { version: 3 },
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

  test('trains ten candidates at a time', () => {
    expect(definitionOf(platform, 'Delivery').States['Train candidates']).toMatchObject({
      Type: 'Map',
      MaxConcurrency: 10,
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
    'Record remedy': {},
  });
  const recorded = (kind: string, because = 'the spec says so') => [
    'Record remedy',
    { time, spec, alarm, remedy: kind, because },
  ];

  test('asks with the alarm, its state and the reason, and ends where there is nothing to do', async () => {
    const { calls, status } = await execute(platform, 'Remediation', input, remedy('none'));
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Choose remedy', { ...input, spec }],
    ]);
    expect(steps.chooseRemedy.input.safeParse(calls[1]?.[1]).error).toBeUndefined();
  });

  test('records that it told the owners', async () => {
    const { calls, status } = await execute(platform, 'Remediation', input, remedy('notify'));
    expect(status).toBe('succeeded');
    expect(calls.slice(2)).toEqual([recorded('notify')]);
    expect(steps.recordRemedy.input.safeParse(calls[2]?.[1]).error).toBeUndefined();
  });

  test('starts a delivery without an upload', async () => {
    const answers = { ...remedy('retrain'), 'Start retraining': {} };
    const { calls, status } = await execute(platform, 'Remediation', input, answers);
    expect(status).toBe('succeeded');
    expect(calls.slice(2)).toEqual([
      ['Start retraining', expect.objectContaining({ Input: { time, model: 'departures' } })],
      recorded('retrain'),
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
    ]);
    expect(steps.rollBack.input.safeParse(calls[2]?.[1]).error).toBeUndefined();
  });

  test('that fails is recorded', async () => {
    const failing = { ...remedy('notify'), 'Record remedy': named('Error', 'no'), 'Record failure': {} };
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
      'Train candidate',
      'Evaluate candidates',
      'Gate passed?',
      'Register version',
      'Promote version',
      'Delivered',
      'Record failure',
      'Delivery failed',
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
    const guarded = Object.fromEntries(
      statesOf(platform, id).flatMap(([name, { Catch }]) => (Catch === undefined ? [] : [[name, Catch]])),
    );
    const others = ['Read model spec', 'Train candidates', 'Start retraining'];
    const fallible = names.filter(name => STEPS[name] !== undefined || others.includes(name));
    const recorded = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Record failure' }];
    // A candidate's failure is caught by the Map around it; what records failures has nowhere to turn.
    const unguarded = ['Train candidate', 'Record failure'];
    expect(guarded).toEqual(
      Object.fromEntries(fallible.filter(name => !unguarded.includes(name)).map(name => [name, recorded])),
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
    const ssm = ['Ssm.InternalServerErrorException', 'Ssm.SdkClientException', 'Ssm.SsmException'];
    const faults: Record<string, string[]> = {
      'Read model spec': ssm,
      'Start retraining': ['States.TaskFailed'],
    };
    const tasks = statesOf(platform, id).filter(([, { Type }]) => Type === 'Task');
    expect(tasks.map(([name, { Retry }]) => [name, Retry])).toEqual(
      tasks.map(([name]) => [name, [{ ErrorEquals: faults[name] ?? lambda, ...policy }]]),
    );
    const quick = ['Register version', 'Promote version', 'Record failure'].concat([
      'Check freshness',
      'Choose remedy',
      'Roll back production',
      'Record remedy',
    ]);
    const calls = ['Read model spec', 'Start retraining'];
    expect(tasks.map(([name, { TimeoutSeconds }]) => [name, TimeoutSeconds])).toEqual(
      tasks.map(([name]) => [name, quick.includes(name) ? 120 : calls.includes(name) ? 60 : 960]),
    );
  });
});
