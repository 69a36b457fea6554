import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { steps } from '../../../core/workflow/steps.ts';
import { definitionOf, ENTERED_TIME, execute } from '../support/machine.ts';
import { synthesize } from '../support/synthesize.ts';
import { named, PARAMETER, SPEC, STEPS, TIME } from '../support/workflow-inputs.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe('delivery', () => {
  const baseline = { trainer: 'baseline', hyperparameters: {} };
  const mstl = { trainer: 'mstl', hyperparameters: { trend: 'ets' } };
  const runs = [
    { run: 'r1', status: 'succeeded' },
    { run: 'r1', status: 'succeeded' },
  ];
  const key = 'incoming/departures/flights/may.csv';
  const answers = {
    'Read model spec': PARAMETER,
    'Validate upload': { accepted: true, trainingDue: true },
    'Snapshot dataset': { dataset: 'd1', candidates: [baseline, mstl] },
    'Train candidate': runs[0],
    'Evaluate candidates': { passed: true, run: 'r1', reason: 'better' },
    'Register version': { version: 3, approval: false, trial: false },
    'Promote version': { promoted: true, reason: 'first' },
  };
  const deliver = (changed: Record<string, unknown>) =>
    execute(platform, 'Delivery', { time: TIME, key }, { ...answers, ...changed });

  test('goes from the upload to production, each step with the fields of its contract', async () => {
    const { calls, status } = await deliver({});
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Validate upload', { time: TIME, spec: SPEC, key }],
      ['Snapshot dataset', { time: TIME, spec: SPEC }],
      ['Train candidate', { time: TIME, spec: SPEC, dataset: 'd1', candidate: baseline }],
      ['Train candidate', { time: TIME, spec: SPEC, dataset: 'd1', candidate: mstl }],
      ['Evaluate candidates', { time: TIME, spec: SPEC, dataset: 'd1', runs }],
      ['Register version', { time: TIME, spec: SPEC, dataset: 'd1', run: 'r1' }],
      ['Promote version', { time: TIME, spec: SPEC, version: 3 }],
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
      {
        time: TIME,
        model: 'departures',
        workflow: 'delivery',
        error: 'DatasetError',
        cause: 'too little data',
      },
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
      Payload: { time: ENTERED_TIME, spec: SPEC, version: 3, token: 'the token' },
    });
    expect(calls[3]?.[1]).toMatchObject({
      time: ENTERED_TIME,
      answer: { approved: true, by: 'ada', reason: 'fine' },
    });
    expect(calls[4]?.[1]).toEqual({ time: decidedAt, spec: SPEC, version: 3 });
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
      { 'Start rollout': { started: false, until: TIME } },
      ['Start rollout', 'Promote version'],
    ],
  ])('a trial that is %s', async (_, changed, expected) => {
    expect(names(await released({ ...release(false, true), ...changed }))).toEqual(expected);
  });

  test('after a trial goes on at the moment of the verdict', async () => {
    const [, judged, promoted] = await released(release(false, true));
    const moment = { time: '2001-06-01T09:00:00.000Z', spec: SPEC, version: 3 };
    expect([judged?.[1], promoted?.[1]]).toEqual([moment, moment]);
  });

  test('an upload for a model that nobody deployed is recorded under the name that its key gives', async () => {
    const missing = named('Ssm.ParameterNotFoundException', 'no such parameter');
    const { calls, status } = await execute(
      platform,
      'Delivery',
      { time: TIME, key: 'incoming/nobody/flights/may.csv' },
      { 'Read model spec': missing, 'Record failure': {} },
    );
    expect(status).toBe('failed');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/nobody' }],
      [
        'Record failure',
        {
          time: TIME,
          model: 'nobody',
          workflow: 'delivery',
          error: 'Ssm.ParameterNotFoundException',
          cause: 'no such parameter',
        },
      ],
    ]);
  });

  test('without an upload trains on what was accepted', async () => {
    const { calls, status } = await execute(
      platform,
      'Delivery',
      { time: TIME, model: 'departures' },
      answers,
    );
    expect(status).toBe('succeeded');
    expect(calls.map(([name]) => name)).toEqual([
      ...['Read model spec', 'Snapshot dataset', 'Train candidate', 'Train candidate', 'Evaluate candidates'],
      ...['Register version', 'Promote version'],
    ]);
    expect(calls[1]).toEqual(['Snapshot dataset', { time: TIME, spec: SPEC }]);
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
      expect(givenUp).toMatchObject({
        time: TIME,
        spec: SPEC,
        dataset: 'd1',
        lost: { Error: name, Cause: message },
      });
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
