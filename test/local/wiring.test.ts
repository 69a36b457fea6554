import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EmbeddedCloud } from '../../local/embedded-cloud.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import {
  inlineFunction,
  stateMachine,
  type WrittenResource,
  writeAssembly,
} from './support/written-assembly.ts';

const START = new Date('2001-06-01T00:00:00Z');

async function start(resources: Readonly<Record<string, WrittenResource>>) {
  const directory = temporaryDirectory();
  const state = join(directory, 'state');
  const assembly = writeAssembly(directory, resources);
  const startAt = async (time: Date): Promise<EmbeddedCloud> => {
    const started = await EmbeddedCloud.start({ assembly, state, time });
    onTestFinished(() => started.stop());
    return started;
  };
  const cloud = await startAt(START);
  return {
    cloud,
    restart: async (time = START): Promise<EmbeddedCloud> => {
      await cloud.stop();
      return startAt(time);
    },
    /** Contents of the messages in a queue. */
    queue: (name: string): unknown[] =>
      readdirSync(join(state, 'queues', name))
        .sort()
        .map(file => JSON.parse(readFileSync(join(state, 'queues', name, file), 'utf8'))),
    upload: async (key: string, content = ''): Promise<void> => {
      const path = join(directory, 'upload');
      writeFileSync(path, content);
      await cloud.upload('stack-bucket', key, path);
      await cloud.settle();
    },
  };
}

const refusal = (resources: Readonly<Record<string, WrittenResource>>): Promise<unknown> =>
  start(resources).then(
    () => 'started',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : error),
  );

const BUCKET: WrittenResource = {
  Type: 'AWS::S3::Bucket',
  Properties: { NotificationConfiguration: { EventBridgeConfiguration: {} } },
};

const rule = (target: unknown, pattern: unknown = { source: ['aws.s3'] }): WrittenResource => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: pattern, Targets: [{ Id: 't', Arn: target }] },
});

const arnOf = (logicalId: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [logicalId, attribute] });
const LAMBDA = (logicalId: string) => ({ Type: 'Task', Resource: arnOf(logicalId), End: true });

test('an alarm sees how many messages wait in a queue', async () => {
  const depth = (threshold: number): WrittenResource => ({
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `depth-${threshold}`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: arnOf('Queue', 'QueueName') }],
      ...{ Statistic: 'Maximum', Period: 300, EvaluationPeriods: 1, Threshold: threshold },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    },
  });
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Queue: { Type: 'AWS::SQS::Queue' },
    Rule: rule(arnOf('Queue')),
    Two: depth(2),
    Three: depth(3),
  });
  const states = () => cloud.alarms().map(({ name, state }) => `${name} ${state}`);
  await upload('first');
  expect(states()).toEqual(['depth-2 OK', 'depth-3 OK']);
  await upload('second');
  expect(states()).toEqual(['depth-2 ALARM', 'depth-3 OK']);
});

test('a message to a topic reaches functions and queues, and stays in the outbox for people', async () => {
  const { cloud, queue, upload } = await start({
    Bucket: BUCKET,
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { Subscription: [{ Protocol: 'email', Endpoint: 'a@example.com' }] },
    },
    Queue: { Type: 'AWS::SQS::Queue' },
    Raw: { Type: 'AWS::SQS::Queue' },
    ToQueue: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: arnOf('Queue') },
    },
    ToRaw: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: arnOf('Raw'),
        RawMessageDelivery: true,
      },
    },
    Function: inlineFunction(
      'exports.handler = async e => console.log(e.Records[0].Sns.Subject + JSON.parse(e.Records[0].Sns.Message).key)',
    ),
    ToFunction: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arnOf('Function') },
    },
    Machine: stateMachine({
      StartAt: 'Publish',
      States: {
        Publish: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sns:publish',
          Parameters: {
            TopicArn: { Ref: 'Topic' },
            Subject: 'New: ',
            Message: { 'key.$': '$.detail.object.key' },
          },
          End: true,
        },
      },
    }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.outbox()).toMatchObject([
    {
      topic: 'Stack-Topic',
      subject: 'New: ',
      message: '{"key":"a.txt"}',
      endpoints: [
        { protocol: 'email', endpoint: 'a@example.com' },
        { protocol: 'sqs' },
        { protocol: 'sqs' },
        { protocol: 'lambda' },
      ],
    },
  ]);
  expect(queue('Stack-Raw')).toMatchObject([{ body: '{"key":"a.txt"}' }]);
  expect(queue('Stack-Queue')).toMatchObject([
    { body: { Type: 'Notification', Subject: 'New: ', Message: '{"key":"a.txt"}' } },
  ]);
  expect(cloud.metrics('Errors', { FunctionName: 'Stack-Function' }).map(({ values }) => values)).toEqual([
    [0],
  ]);
});

test('an event that a function cannot handle is tried three times and goes to the dead letters', async () => {
  const { cloud, queue, upload } = await start({
    Bucket: BUCKET,
    Dead: { Type: 'AWS::SQS::Queue' },
    Function: inlineFunction('exports.handler = async () => { throw new Error("no") }', {
      DeadLetterConfig: { TargetArn: arnOf('Dead') },
    }),
    Rule: rule(arnOf('Function')),
  });
  await upload('a.txt');
  expect(cloud.metrics('Errors', { FunctionName: 'Stack-Function' }).flatMap(({ values }) => values)).toEqual(
    [1, 1, 1],
  );
  expect(queue('Stack-Dead')).toMatchObject([
    { body: { source: 'aws.s3', detail: { object: { key: 'a.txt' } } } },
  ]);
});

test('a destination for failures gets the event with the error', async () => {
  const { cloud, queue, upload } = await start({
    Bucket: BUCKET,
    Failed: { Type: 'AWS::SQS::Queue' },
    Function: inlineFunction('exports.handler = async () => { throw new RangeError("no") }'),
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Qualifier: '$LATEST',
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: arnOf('Failed') } },
      },
    },
    Rule: rule(arnOf('Function')),
  });
  await upload('a.txt');
  expect(cloud.metrics('Errors').flatMap(({ values }) => values)).toEqual([1]);
  expect(queue('Stack-Failed')).toMatchObject([
    {
      body: {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
        requestPayload: { detail: { object: { key: 'a.txt' } } },
        responsePayload: { errorType: 'RangeError', errorMessage: 'no' },
      },
    },
  ]);
});

test('executions start others; a named one only once; their status is an event', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Child: stateMachine(
      { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
      { StateMachineName: 'child' },
    ),
    Watcher: stateMachine(
      { StartAt: 'Noted', States: { Noted: { Type: 'Succeed', InputPath: '$.detail.name' } } },
      { StateMachineName: 'watcher' },
    ),
    Parent: stateMachine(
      {
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            ItemsPath: '$.names',
            ItemProcessor: {
              ProcessorConfig: { Mode: 'INLINE' },
              StartAt: 'Start child',
              States: {
                'Start child': {
                  Type: 'Task',
                  Resource: 'arn:aws:states:::states:startExecution',
                  Parameters: { StateMachineArn: { Ref: 'Child' }, 'Name.$': '$', Input: { a: 1 } },
                  ResultSelector: { 'arn.$': '$.ExecutionArn' },
                  End: true,
                },
              },
            },
            End: true,
          },
        },
      },
      { StateMachineName: 'parent' },
    ),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.s3'] },
        Targets: [{ Id: 't', Arn: { Ref: 'Parent' }, Input: '{"names":["x","y","x"]}' }],
      },
    },
    Ended: rule(
      { Ref: 'Watcher' },
      {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['SUCCEEDED'], stateMachineArn: [{ Ref: 'Child' }] },
      },
    ),
  });
  await upload('a.txt');
  const arn = (name: string) => ({ arn: `arn:aws:states:us-east-1:000000000000:execution:child:${name}` });
  const of = (machine: string) => cloud.executions().filter(execution => execution.machine === machine);
  expect(of('parent')).toMatchObject([{ output: [arn('x'), arn('y'), arn('x')] }]);
  // Which of the two ends first is not promised.
  expect(
    of('child')
      .map(({ name, input }) => [name, input])
      .sort(),
  ).toEqual([
    ['x', { a: 1 }],
    ['y', { a: 1 }],
  ]);
  expect(
    of('watcher')
      .map(({ output }) => output)
      .sort(),
  ).toEqual(['x', 'y']);
});

test('lambda:invoke wraps the answer; a missing function has a name', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Function: inlineFunction('exports.handler = async e => ({ got: e })'),
    Machine: stateMachine({
      StartAt: 'Invoke',
      States: {
        Invoke: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: { Ref: 'Function' }, 'Payload.$': '$.detail.reason' },
          ResultPath: '$.answer',
          Next: 'Missing',
        },
        Missing: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: 'gone' },
          Catch: [{ ErrorEquals: ['Lambda.ResourceNotFoundException'], ResultPath: '$.error', Next: 'Done' }],
          End: true,
        },
        Done: { Type: 'Pass', Parameters: { 'answer.$': '$.answer', 'error.$': '$.error' }, End: true },
      },
    }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.executions()[0]?.output).toEqual({
    answer: { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: { got: 'PutObject' } },
    error: { Error: 'Lambda.ResourceNotFoundException', Cause: 'Function not found: gone' },
  });
});

test('what is too large to be carried from state to state fails as on AWS, past every Catch', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Function: inlineFunction('exports.handler = async () => "x".repeat(262143)'),
    Machine: stateMachine({
      StartAt: 'Large',
      States: {
        Large: {
          ...LAMBDA('Function'),
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          Retry: [{ ErrorEquals: ['States.ALL'] }],
        },
        Caught: { Type: 'Succeed' },
      },
    }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.executions()).toMatchObject([
    {
      status: 'FAILED',
      error: {
        name: 'States.DataLimitExceeded',
        cause: 'The output of the task has 262145 bytes; allowed are 262144.',
      },
    },
  ]);
});

test('executions that take longer than their machine allows time out', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    // It takes all of its own time, which is longer.
    Function: inlineFunction('exports.handler = () => new Promise(() => setInterval(() => {}, 1000))', {
      Timeout: 3,
    }),
    Machine: stateMachine({ StartAt: 'Slow', TimeoutSeconds: 1, States: { Slow: LAMBDA('Function') } }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.executions()).toMatchObject([{ status: 'TIMED_OUT', error: { name: 'States.Timeout' } }]);
  expect(cloud.metrics('ExecutionsTimedOut')).toHaveLength(1);
});

test('waits until a moment, for a length from the input, and several at once, in the order of time', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Machine: stateMachine({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'Until',
              States: {
                Until: { Type: 'Wait', Timestamp: '2001-06-03T00:00:00Z', Next: 'U' },
                U: { Type: 'Pass', Result: 'until', End: true },
              },
            },
            {
              StartAt: 'Long',
              States: {
                Long: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'L' },
                L: { Type: 'Pass', InputPath: '$.seconds', End: true },
              },
            },
          ],
          Next: 'Past',
        },
        Past: { Type: 'Wait', Timestamp: '1999-01-01T00:00:00Z', End: true },
      },
    }),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.s3'] },
        Targets: [{ Id: 't', Arn: { Ref: 'Machine' }, Input: '{"seconds":60}' }],
      },
    },
    Hourly: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: { Ref: 'Ticker' }, Input: '{"at":"<aws.scheduler.scheduled-time>"}' },
      },
    },
    Ticker: stateMachine(
      { StartAt: 'Tick', States: { Tick: { Type: 'Pass', End: true } } },
      { StateMachineName: 'ticker' },
    ),
  });
  await upload('a.txt');
  expect(cloud.now).toEqual(new Date('2001-06-03T00:00:00Z'));
  const of = (machine: string) =>
    cloud
      .executions()
      .filter(execution => execution.machine === machine)
      .map(({ endedAt, output }) => [endedAt, output]);
  expect(of('Stack-Machine')).toEqual([['2001-06-03T00:00:00.000Z', ['until', 60]]]);
  expect(of('ticker')).toEqual([
    ['2001-06-02T00:00:00.000Z', { at: '2001-06-02T00:00:00Z' }],
    ['2001-06-03T00:00:00.000Z', { at: '2001-06-03T00:00:00Z' }],
  ]);
});

test('the clock does not move for one branch while another works', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Function: inlineFunction('exports.handler = () => new Promise(resolve => setTimeout(resolve, 300))'),
    Child: stateMachine(
      { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
      { StateMachineName: 'child' },
    ),
    Machine: stateMachine({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'An hour', States: { 'An hour': { Type: 'Wait', Seconds: 3600, End: true } } },
            { StartAt: 'Two', States: { Two: { Type: 'Wait', Seconds: 7200, End: true } } },
            {
              StartAt: 'Work',
              States: {
                Work: { Type: 'Task', Resource: arnOf('Function'), Next: 'Start child' },
                'Start child': {
                  Type: 'Task',
                  Resource: 'arn:aws:states:::states:startExecution',
                  Parameters: { StateMachineArn: { Ref: 'Child' } },
                  End: true,
                },
              },
            },
          ],
          End: true,
        },
      },
    }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.executions().map(({ machine, startedAt, endedAt }) => [machine, startedAt, endedAt])).toEqual([
    ['child', '2001-06-01T00:00:00.000Z', '2001-06-01T00:00:00.000Z'],
    ['Stack-Machine', '2001-06-01T00:00:00.000Z', '2001-06-01T02:00:00.000Z'],
  ]);
});

test('when one branch fails, nobody waits for another', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Machine: stateMachine({
      StartAt: 'Both',
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 864_000, End: true } } },
            {
              StartAt: 'Short',
              States: {
                Short: { Type: 'Wait', Seconds: 60, Next: 'No' },
                No: { Type: 'Fail', Error: 'No', Cause: 'it is so' },
              },
            },
          ],
          End: true,
        },
      },
    }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.executions()).toMatchObject([{ status: 'FAILED', error: { name: 'No', cause: 'it is so' } }]);
  expect(cloud.now).toEqual(new Date('2001-06-01T00:01:00Z'));
});

describe('a state that waits for an answer from outside', () => {
  const APPROVAL: Readonly<Record<string, WrittenResource>> = {
    Bucket: BUCKET,
    Count: inlineFunction('let n = 0; exports.handler = async () => ++n'),
    Ask: inlineFunction('exports.handler = async ({ token, of }) => console.log(of, token)'),
    Machine: stateMachine({
      StartAt: 'Count',
      States: {
        Count: { Type: 'Task', Resource: arnOf('Count'), ResultPath: '$.count', Next: 'Ask' },
        Ask: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Parameters: {
            FunctionName: arnOf('Ask'),
            Payload: { 'token.$': '$$.Task.Token', 'of.$': '$.detail.object.key' },
          },
          TimeoutSeconds: 86_400,
          ResultPath: '$.answer',
          Catch: [
            { ErrorEquals: ['Rejected'], ResultPath: '$.error', Next: 'Rejected' },
            { ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Expired' },
          ],
          Next: 'Approved',
        },
        Approved: { Type: 'Pass', Parameters: { 'count.$': '$.count', 'answer.$': '$.answer' }, End: true },
        Rejected: { Type: 'Succeed', InputPath: '$.error.Cause' },
        Expired: { Type: 'Succeed', InputPath: '$.error.Error' },
      },
    }),
    Rule: rule({ Ref: 'Machine' }),
  };

  const tokenOf = (cloud: EmbeddedCloud): string => cloud.waiting()[0]?.token ?? '';
  const invocations = (cloud: EmbeddedCloud): unknown =>
    ['Stack-Count', 'Stack-Ask'].map(FunctionName => cloud.metrics('Invocations', { FunctionName }).length);

  test('goes on with the answer, also after a restart, without doing again what was done', async () => {
    const { cloud, upload, restart } = await start(APPROVAL);
    await upload('a.txt');
    const [waiting] = cloud.waiting();
    expect(waiting).toMatchObject({
      machine: 'Stack-Machine',
      state: 'Ask',
      since: '2001-06-01T00:00:00.000Z',
    });
    expect(cloud.executions()).toMatchObject([{ status: 'RUNNING' }]);
    expect(cloud.now).toEqual(START);

    const again = await restart();
    await again.settle();
    expect(again.waiting()).toEqual([waiting]);
    await again.answer(tokenOf(again), { output: { by: 'me' } });
    await again.settle();
    expect(again.executions()).toMatchObject([
      {
        status: 'SUCCEEDED',
        startedAt: '2001-06-01T00:00:00.000Z',
        output: { count: 1, answer: { by: 'me' } },
      },
    ]);
    expect(invocations(again)).toEqual([1, 1]);
    expect(again.waiting()).toEqual([]);
    await expect(again.answer(waiting?.token ?? '', { output: 1 })).rejects.toThrow(
      `No task waits under the token ${waiting?.token}`,
    );
  });

  test('takes an answer that comes while the cloud is down for the execution', async () => {
    const { cloud, upload, restart } = await start(APPROVAL);
    await upload('a.txt');
    await cloud.answer(tokenOf(cloud), { error: 'Rejected', cause: 'too risky' });
    const again = await restart();
    await again.settle();
    expect(again.executions()).toMatchObject([{ status: 'SUCCEEDED', output: 'too risky' }]);
    expect(invocations(again)).toEqual([1, 1]);
  });

  test('expires on the virtual clock, when that is moved on', async () => {
    const { cloud, upload, restart } = await start(APPROVAL);
    await upload('a.txt');
    await cloud.advanceTo(new Date('2001-06-01T23:59:59Z'));
    expect(cloud.waiting()).toHaveLength(1);
    const token = tokenOf(cloud);
    const again = await restart();
    await again.advanceTo(new Date('2001-06-02T00:00:00Z'));
    expect(again.executions()).toMatchObject([
      { status: 'SUCCEEDED', endedAt: '2001-06-02T00:00:00.000Z', output: 'States.Timeout' },
    ]);
    await expect(again.answer(token, { output: 1 })).rejects.toThrow('its time is over');
  });

  test('takes the time for it from the state’s input, and tells the task when the state began', async () => {
    const { cloud, upload, restart } = await start({
      Bucket: BUCKET,
      Seen: inlineFunction('exports.handler = async ({ began }) => console.log("began " + began)'),
      Machine: stateMachine({
        StartAt: 'Delay',
        States: {
          Delay: { Type: 'Wait', Seconds: 60, Next: 'Limit' },
          Limit: { Type: 'Pass', Result: 3600, ResultPath: '$.seconds', Next: 'Ask' },
          Ask: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            Parameters: {
              FunctionName: arnOf('Seen'),
              Payload: { 'token.$': '$$.Task.Token', 'began.$': '$$.State.EnteredTime' },
            },
            TimeoutSecondsPath: '$.seconds',
            Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Expired' }],
            End: true,
          },
          Expired: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: arnOf('Echo'), Payload: { 'began.$': '$$.State.EnteredTime' } },
            OutputPath: '$.Payload.began',
            End: true,
          },
        },
      }),
      Echo: inlineFunction('exports.handler = async input => input'),
      Rule: rule({ Ref: 'Machine' }),
    });
    await upload('a.txt');
    expect(cloud.waiting()).toMatchObject([{ state: 'Ask', since: '2001-06-01T00:01:00.000Z' }]);
    const again = await restart();
    await again.advanceTo(new Date('2001-06-01T01:00:59Z'));
    expect(again.waiting()).toHaveLength(1);
    await again.advanceTo(new Date('2001-06-01T02:00:00Z'));
    expect(again.executions()).toMatchObject([{ status: 'SUCCEEDED', output: '2001-06-01T01:01:00.000Z' }]);
  });

  test('expires at once when the time ran out while the cloud was down', async () => {
    const { upload, restart } = await start(APPROVAL);
    await upload('a.txt');
    const again = await restart(new Date('2001-06-09T00:00:00Z'));
    await again.settle();
    expect(again.executions()).toMatchObject([{ status: 'SUCCEEDED', output: 'States.Timeout' }]);
  });
});

test('an alarm on AWS’s own metrics, with metric math, starts a workflow by its event', async () => {
  const metric = (id: string, name: string) => ({
    Id: id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/Lambda',
        MetricName: name,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Function' } }],
      },
      Period: 300,
      Stat: 'Sum',
    },
  });
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Function: inlineFunction(
      'exports.handler = async e => { if (e.detail.object.key.startsWith("bad")) throw new Error("no") }',
    ),
    Machine: stateMachine({ StartAt: 'Work', States: { Work: LAMBDA('Function') } }),
    Rule: rule({ Ref: 'Machine' }),
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'error-rate',
        Metrics: [
          metric('errors', 'Errors'),
          metric('calls', 'Invocations'),
          { Id: 'rate', Expression: '100 * errors / calls' },
        ],
        Threshold: 40,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'notBreaching',
      },
    },
    Remedy: stateMachine(
      { StartAt: 'Done', States: { Done: { Type: 'Succeed', InputPath: '$.detail.alarmName' } } },
      { StateMachineName: 'remedy' },
    ),
    OnAlarm: rule(
      { Ref: 'Remedy' },
      {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { state: { value: ['ALARM'] } },
      },
    ),
  });
  await upload('good-1');
  await upload('good-2');
  await upload('bad-1');
  expect(cloud.alarms()).toMatchObject([{ state: 'OK' }]);
  await upload('bad-2');
  expect(cloud.alarms()).toMatchObject([{ state: 'ALARM', reason: 'the last value, 50, is more than 40' }]);
  expect(cloud.executions().filter(({ machine }) => machine === 'remedy')).toMatchObject([
    { output: 'error-rate' },
  ]);
});

test.each<[string, Record<string, WrittenResource>, string]>([
  [
    'a rule for events that never come',
    { Rule: rule('x', { source: ['aws.ec2'] }) },
    'Stack/Rule: EventPattern: found source "aws.ec2"; sent here are: aws.s3, aws.cloudwatch, aws.states',
  ],
  [
    'a rule for deletions',
    { Rule: rule('x', { source: ['aws.s3'], 'detail-type': ['Object Deleted'] }) },
    'found detail-type "Object Deleted"; sent here are: Object Created',
  ],
  [
    'an unknown pattern',
    { Rule: rule('x', { source: ['aws.s3'], detail: { a: [{ cidr: '::/0' }] } }) },
    'Stack/Rule: EventPattern: detail.a: found {"cidr":"::/0"}',
  ],
  [
    'a target outside',
    { Rule: rule('arn:aws:kinesis:::stream/x') },
    'Stack/Rule: found the target arn:aws:kinesis:::stream/x; allowed: state machines, functions, topics and queues of the app',
  ],
  [
    'a schedule that cannot be read',
    { Rule: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 week)' } } },
    'Stack/Rule: ScheduleExpression: found the schedule rate(1 week)',
  ],
  [
    'a service that states cannot call',
    {
      Machine: stateMachine({
        StartAt: 'A',
        States: { A: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem', End: true } },
      }),
    },
    'Stack/Machine: state "A": found the Resource arn:aws:states:::dynamodb:putItem; allowed: the ARN of a function of the template, arn:aws:states:::lambda:invoke',
  ],
  [
    'JSONata',
    { Machine: stateMachine({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Succeed' } } }) },
    'Stack/Machine: state "the definition": found the QueryLanguage "JSONata"; allowed: JSONPath',
  ],
  [
    'another bucket',
    { Function: inlineFunction('', { Environment: { Variables: { STORE: 's3://elsewhere' } } }) },
    'Stack/Function: STORE is s3://elsewhere, a bucket that is not in the template',
  ],
  [
    'code that is nowhere',
    { Function: inlineFunction('', { Code: { S3Bucket: 'b', S3Key: 'x.zip' } }) },
    'Stack/Function: found code in s3 as x.zip; allowed: a directory asset of the assembly',
  ],
  [
    'a subscription by another protocol',
    {
      Topic: {
        Type: 'AWS::SNS::Topic',
        Properties: { Subscription: [{ Protocol: 'firehose', Endpoint: 'x' }] },
      },
    },
    'Stack/Topic: found a subscription by firehose',
  ],
  [
    'a metric that is not emitted',
    {
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'AWS/S3',
          MetricName: '4xxErrors',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      },
    },
    'Stack/Alarm: found the metric AWS/S3 4xxErrors, which is not emitted here',
  ],
  [
    'a resource',
    { Table: { Type: 'AWS::DynamoDB::Table' } },
    'Stack/Table: the resource type AWS::DynamoDB::Table is not supported by the embedded cloud',
  ],
])('%s: refused at start, by name', async (_, resources, message) => {
  expect(await refusal(resources)).toContain(message);
});

test('a refused start gives the state directory back', async () => {
  const directory = temporaryDirectory();
  const state = join(directory, 'state');
  const bad = writeAssembly(join(directory, 'bad'), { Table: { Type: 'AWS::DynamoDB::Table' } });
  await expect(EmbeddedCloud.start({ assembly: bad, state, time: START })).rejects.toThrow(
    'AWS::DynamoDB::Table',
  );
  const good = writeAssembly(join(directory, 'good'), { Bucket: BUCKET });
  const cloud = await EmbeddedCloud.start({ assembly: good, state, time: START });
  expect(fileURLToPath(cloud.bucketUrl('stack-bucket'))).toBe(join(state, 'buckets', 'stack-bucket'));
  await cloud.stop();
});
