import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeCosts } from '../../../lib/costs/describe-costs.ts';
import { ASSUMED, estimateCosts, sum } from '../../../lib/costs/estimate-costs.ts';
import { PROJECT } from '../../../lib/project.ts';
import { synthesize } from '../support/synthesize.ts';

const lambda = (MemorySize: number) => ({ Type: 'AWS::Lambda::Function', Properties: { MemorySize } });
const machine = (name: string, states: number) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: `antei-${name}`,
    DefinitionString: {
      'Fn::Join': [
        '',
        [JSON.stringify({ States: Array.from({ length: states }, () => ({ Type: 'Pass' })) })],
      ],
    },
  },
});
const alarm = { Type: 'AWS::CloudWatch::Alarm' };
const dashboard = { Type: 'AWS::CloudWatch::Dashboard' };

describe('of a small template, computed by hand', () => {
  const costs = estimateCosts(
    {
      Resources: {
        ...{ key: { Type: 'AWS::KMS::Key' }, alarm, dashboard },
        ...{ large: lambda(2048), small: lambda(512) },
        ...{ delivery: machine('delivery', 4), monitoring: machine('monitoring', 3) },
      },
    },
    { Resources: { alarm, another: alarm, endpoint: lambda(1024) } },
  );
  const second = 0.0000133334;

  test('an idle month', () => {
    expect(costs.idlePlatform.map(({ dollars }) => dollars)).toEqual([1, 0.1, 3]);
    const [alarms, dashboards, metrics, measured] = costs.idleModel.map(({ dollars }) => dollars);
    expect([alarms, dashboards]).toEqual([0.2, 0]);
    expect(metrics).toBeCloseTo((60 / 730) * 0.3, 12);
    // Three transitions, two functions of 2 GB for ten seconds, and 50 kB of logs.
    expect(measured).toBeCloseTo(35 * (3 * 0.000025 + 2 * (20 * second + 2e-7) + 0.00005 * 0.5), 12);
  });

  test('an upload', () => {
    expect(ASSUMED.candidates).toBe(6);
    const [transitions, functions, objects, logs] = costs.upload.map(({ dollars }) => dollars);
    expect(transitions).toBeCloseTo(10 * 0.000025, 12);
    // The large one for the step and for five more candidates; the small one for a second.
    expect(functions).toBeCloseTo(6 * (20 * second + 2e-7) + 0.5 * second + 2e-7, 12);
    expect(objects).toBeCloseTo(60 * 0.0000054, 12);
    expect(logs).toBeCloseTo(0.00005 * 0.5 + 0.000005, 12);
  });

  test('a thousand predictions', () => {
    expect(sum(costs.thousandPredictions.map(({ dollars }) => dollars))).toBeCloseTo(
      1000 * (0.01 * second + 2e-7) + 0.0005 + 1000 * 5e-6 * 0.029,
      12,
    );
  });
});

test('the page has the table as it is computed now', () => {
  const { platform, model } = synthesize();
  const table = describeCosts(estimateCosts(platform.toJSON(), model('departures').toJSON()));
  expect(readFileSync(join(PROJECT, 'docs', 'costs.md'), 'utf8')).toContain(table);
});
