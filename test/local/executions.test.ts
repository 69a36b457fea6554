import { expect, test } from 'vitest';
import { BUCKET, lambdaTask, rule, start } from './support/started-cloud.ts';
import { inlineFunction, stateMachine } from './support/written-assembly.ts';

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
          ...lambdaTask('Function'),
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
    Machine: stateMachine({ StartAt: 'Slow', TimeoutSeconds: 1, States: { Slow: lambdaTask('Function') } }),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.executions()).toMatchObject([{ status: 'TIMED_OUT', error: { name: 'States.Timeout' } }]);
  expect(cloud.metrics('ExecutionsTimedOut')).toHaveLength(1);
});
