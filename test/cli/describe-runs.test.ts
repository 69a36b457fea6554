import { describe, expect, test } from 'vitest';
import { describeRuns, type ListedRun } from '../../cli/describe-runs.ts';
import { shownMetric } from '../../cli/shown-metric.ts';
import type { RunRecord } from '../../core/training/run-record.ts';

const run = (
  id: string,
  changes: Partial<Pick<RunRecord, 'trainer' | 'hyperparameters' | 'seconds' | 'memory'>> = {},
): RunRecord => ({
  ...{ id, model: 'sales', dataset: 'd5c0ffee00000000', specDigest: 's', trainer: 'gradient-boosting' },
  ...{ hyperparameters: {}, seed: 1, codeDigest: 'c', versions: {}, time: '2026-04-01T06:30:00.000Z' },
  ...{ seconds: 1.23456, memory: 210 },
  ...{ status: 'failed', error: { name: 'TrainingError', message: 'no' } },
  ...changes,
});

const listed: ListedRun[] = [
  { run: run('aaaaaaaa11111111', { hyperparameters: { depth: 4, rate: 0.1, loss: 'squared' } }), test: {} },
  {
    run: run('aaaaaaaa22222222', { hyperparameters: { loss: 'squared', rate: 0.1, depth: 6 } }),
    test: { auc: 0.71234 },
  },
  { run: run('bbbbbbbb33333333', { trainer: 'baseline', seconds: 0.01, memory: 99 }), test: {} },
];

describe('a table of runs', () => {
  const metric = shownMetric([], 'auc');

  test('has ids as far as they differ, cost, and hyperparameters, those that differ first', () => {
    expect(describeRuns(listed, metric, undefined)).toBe(
      [
        '  run        time              dataset   trainer            status  AUC validation  test        s   MB  hyperparameters',
        '  aaaaaaaa1  2026-04-01 06:30  d5c0ffee  gradient-boosting  failed                          1.235  210  depth 4, loss squared, rate 0.1',
        '  aaaaaaaa2  2026-04-01 06:30  d5c0ffee  gradient-boosting  failed                  0.7123  1.235  210  depth 6, loss squared, rate 0.1',
        '  bbbbbbbb3  2026-04-01 06:30  d5c0ffee  baseline           failed                           0.01   99',
      ].join('\n'),
    );
  });

  test('fits the terminal', () => {
    const lines = describeRuns(listed, metric, 110).split('\n');
    expect(lines.every(line => line.length <= 110)).toBe(true);
    expect(lines[1]).toMatch(/ 210 {2}depth…$/);
    expect(lines[3]?.endsWith('99')).toBe(true);
  });
});
