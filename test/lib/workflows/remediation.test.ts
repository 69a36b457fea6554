import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { steps } from '../../../core/workflow/steps.ts';
import { execute } from '../support/machine.ts';
import { synthesize } from '../support/synthesize.ts';
import { named, PARAMETER, SPEC, TIME } from '../support/workflow-inputs.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe('remediation', () => {
  const alarm = 'Antei departures: performance degraded';
  const input = { time: TIME, model: 'departures', alarm, state: 'ALARM', reason: 'the last value is 3' };
  const remedy = (kind: string, leave: number | null = null) => ({
    'Read model spec': PARAMETER,
    'Choose remedy': { remedy: kind, because: 'the spec says so', leave },
    'Record remedy': { roles: ['model', 'operations'], subject: 'Antei did', message: 'Look.' },
    'Notify owner': {},
  });
  const recorded = (kind: string, because = 'the spec says so') => [
    'Record remedy',
    { time: TIME, spec: SPEC, alarm, reason: input.reason, remedy: kind, because },
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
      ['Choose remedy', { ...input, spec: SPEC }],
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
      ['Start retraining', expect.objectContaining({ Input: { time: TIME, model: 'departures' } })],
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
      ['Roll back production', { time: TIME, spec: SPEC, version: 2, reason: 'the spec says so' }],
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
