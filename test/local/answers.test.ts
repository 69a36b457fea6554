import { describe, expect, test } from 'vitest';
import type { EmbeddedCloud } from '../../local/embedded-cloud.ts';
import { arnOf, BUCKET, rule, START, start } from './support/started-cloud.ts';
import { inlineFunction, stateMachine, type WrittenResource } from './support/written-assembly.ts';

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
