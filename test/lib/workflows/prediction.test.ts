import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { steps } from '../../../core/workflow/steps.ts';
import { execute } from '../support/machine.ts';
import { departures, synthesize } from '../support/synthesize.ts';
import { named, PARAMETER, SPEC, TIME } from '../support/workflow-inputs.ts';

let platform: Template;
beforeAll(() => {
  ({ platform } = synthesize());
});

describe('prediction', () => {
  const answers = { 'Read model spec': PARAMETER, 'Predict batch': { version: 1, keys: [] } };

  test('of a request names the file', async () => {
    const key = 'requests/departures/next.csv';
    const { calls, status } = await execute(platform, 'Prediction', { time: TIME, key }, answers);
    expect(status).toBe('succeeded');
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Predict batch', { time: TIME, key, model: 'departures', spec: SPEC }],
    ]);
    expect(steps.predictBatch.input.parse(calls[1]?.[1])).toEqual({ time: TIME, key, spec: departures });
  });

  test('after a promotion names none', async () => {
    const { calls } = await execute(
      platform,
      'Prediction',
      { time: TIME, key: 'production/departures.json' },
      answers,
    );
    expect(calls).toEqual([
      ['Read model spec', { Name: '/antei/models/departures' }],
      ['Predict batch', { time: TIME, model: 'departures', spec: SPEC }],
    ]);
    expect(steps.predictBatch.input.parse(calls[1]?.[1])).toEqual({ time: TIME, spec: departures });
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
      { time: TIME, key: 'requests/departures/a' },
      failing,
    );
    expect(status).toBe('failed');
    expect(calls.at(-1)).toEqual([
      'Record failure',
      {
        time: TIME,
        model: 'departures',
        workflow: 'prediction',
        error: 'PredictionError',
        cause: 'no version',
      },
    ]);
  });
});
