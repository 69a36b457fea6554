import { expect, test } from 'vitest';
import { arnOf, BUCKET, rule, start } from './support/started-cloud.ts';
import { inlineFunction, stateMachine, type WrittenResource } from './support/written-assembly.ts';

/** A machine that goes several ways at once, and then on. */
const inParallel = (Branches: readonly unknown[], after?: unknown): WrittenResource =>
  stateMachine({
    StartAt: 'Both',
    States: {
      Both: { Type: 'Parallel', Branches, ...(after === undefined ? { End: true } : { Next: 'After' }) },
      ...(after !== undefined && { After: after }),
    },
  });

test('waits until a moment, for a length from the input, and several at once, in the order of time', async () => {
  const { cloud, upload } = await start({
    Bucket: BUCKET,
    Machine: inParallel(
      [
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
      { Type: 'Wait', Timestamp: '1999-01-01T00:00:00Z', End: true },
    ),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['aws.s3'] },
        Targets: [{ Id: 't', Arn: { Ref: 'Machine' }, Input: '{"seconds":60}' }],
      },
    },
    Daily: {
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
    Machine: inParallel([
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
    ]),
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
    Machine: inParallel([
      { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 864_000, End: true } } },
      {
        StartAt: 'Short',
        States: {
          Short: { Type: 'Wait', Seconds: 60, Next: 'No' },
          No: { Type: 'Fail', Error: 'No', Cause: 'it is so' },
        },
      },
    ]),
    Rule: rule({ Ref: 'Machine' }),
  });
  await upload('a.txt');
  expect(cloud.executions()).toMatchObject([{ status: 'FAILED', error: { name: 'No', cause: 'it is so' } }]);
  expect(cloud.now).toEqual(new Date('2001-06-01T00:01:00Z'));
});
