import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { steps } from '../../../core/workflow/steps.ts';
import { execute } from '../support/machine.ts';
import { departures, synthesize } from '../support/synthesize.ts';
import { PARAMETER, SPEC, TIME } from '../support/workflow-inputs.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe('monitoring', () => {
  const answers = {
    'Read model spec': PARAMETER,
    'Check freshness': { staleness: 0.5 },
    'Measure window': { window: 'w', measured: true },
  };

  test('of a new part names the part', async () => {
    const key = 'accepted/departures/flights/0a1b.parquet';
    const { calls, status } = await execute(platform, 'Monitoring', { time: TIME, key }, answers);
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Check freshness', { time: TIME, spec: SPEC }],
      ['Measure window', { time: TIME, key, model: 'departures', spec: SPEC }],
    ]);
  });

  test('by schedule names none', async () => {
    const { calls, status } = await execute(
      platform,
      'Monitoring',
      { time: TIME, model: 'departures' },
      answers,
    );
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Check freshness', { time: TIME, spec: SPEC }],
      ['Measure window', { time: TIME, model: 'departures', spec: SPEC }],
    ]);
    expect(steps.measureWindow.input.parse(calls[2]?.[1])).toEqual({ time: TIME, spec: departures });
  });

  test('of the freshness alone measures nothing', async () => {
    const input = { time: TIME, model: 'departures', freshnessOnly: 'yes' };
    const { calls, status } = await execute(platform, 'Monitoring', input, answers);
    expect(status).toBe('succeeded');
    expect(calls.map(([name]) => name)).toEqual(['Read model spec', 'Check freshness']);
  });
});
