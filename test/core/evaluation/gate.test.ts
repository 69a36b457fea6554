import { describe, expect, test } from 'vitest';
import { chooseRun } from '../../../core/evaluation/evaluate-candidates.ts';
import { type GateCase, judge } from '../../../core/evaluation/gate.ts';
import { NoCandidateError } from '../../../core/telemetry/errors.ts';
import { type RunRecord, runRecordSchema } from '../../../core/training/run-record.ts';

const gateCase = (changes: Partial<GateCase> = {}): GateCase => ({
  gate: { metric: 'mase', better_than: ['baseline', 'champion'] },
  chosen: { trainer: 'mstl', value: 0.8 },
  baseline: { trainer: 'baseline', value: 1 },
  champion: undefined,
  ...changes,
});
const champion = (value: number | null, sameRecipe = false) => ({
  version: 3,
  trainer: 'mstl',
  value,
  sameRecipe,
});

describe('judge', () => {
  test('the first version has to beat the baseline only', () => {
    expect(judge(gateCase())).toEqual({
      passed: true,
      reason: "mstl passes with MASE 0.8 on the test part: it is better than the baseline's 1",
    });
  });

  test('as good as the baseline is not better', () => {
    expect(judge(gateCase({ baseline: { trainer: 'baseline', value: 0.8 } }))).toEqual({
      passed: false,
      reason: "mstl is refused with MASE 0.8 on the test part: it is not better than the baseline's 0.8",
    });
  });

  test('the baseline cannot be better than itself', () => {
    const itself = { trainer: 'baseline', value: 0.5 };
    expect(judge(gateCase({ chosen: itself, baseline: itself }))).toEqual({
      passed: false,
      reason:
        'baseline is refused with MASE 0.5 on the test part: it is the baseline itself, which it would have to beat',
    });
  });

  test('the baseline may pass a gate that does not ask for it', () => {
    const itself = { trainer: 'baseline', value: 0.5 };
    const gate = { metric: 'wape' as const, better_than: [] };
    expect(judge(gateCase({ gate, chosen: itself, baseline: itself }))).toEqual({
      passed: true,
      reason: 'baseline passes with WAPE 0.5 on the test part: the gate asks for nothing more',
    });
  });

  test('as good as the champion is good enough, worse is not', () => {
    expect(judge(gateCase({ champion: champion(0.8) }))).toMatchObject({ passed: true });
    expect(judge(gateCase({ champion: champion(0.75) }))).toEqual({
      passed: false,
      reason:
        'mstl is refused with MASE 0.8 on the test part: it is worse than version 3 in production (0.75 on the same data)',
    });
  });

  test('the recipe of the champion on newer data passes, and the reason says so', () => {
    expect(judge(gateCase({ champion: champion(0.8, true) }))).toEqual({
      passed: true,
      reason:
        "mstl passes with MASE 0.8 on the test part: it is better than the baseline's 1, and it has the recipe of " +
        'version 3 in production, on the data of today',
    });
  });

  test('the limit includes its own value', () => {
    const gate = (max: number) => ({ metric: 'mase' as const, better_than: [], max });
    expect(judge(gateCase({ gate: gate(0.8) }))).toEqual({
      passed: true,
      reason: 'mstl passes with MASE 0.8 on the test part: it is within the limit of 0.8',
    });
    expect(judge(gateCase({ gate: gate(0.79) }))).toMatchObject({ passed: false });
  });

  test('all broken conditions are told, and only these', () => {
    const gate = {
      metric: 'mase' as const,
      better_than: ['baseline' as const, 'champion' as const],
      max: 0.5,
    };
    expect(judge(gateCase({ gate, champion: champion(0.6) })).reason).toBe(
      'mstl is refused with MASE 0.8 on the test part: it exceeds the limit of 0.5, and it is worse than version 3 in ' +
        'production (0.6 on the same data)',
    );
  });

  test('a metric that cannot be computed never passes', () => {
    const gate = { metric: 'mase' as const, better_than: [] };
    expect(judge(gateCase({ gate, chosen: { trainer: 'mstl', value: null } }))).toMatchObject({
      passed: false,
    });
  });

  test('a baseline or champion without a value cannot hold a candidate back', () => {
    const baseline = { trainer: 'baseline', value: null };
    expect(judge(gateCase({ baseline, champion: champion(null) }))).toEqual({
      passed: true,
      reason:
        'mstl passes with MASE 0.8 on the test part: the baseline has no value to compare with, and version 3 in ' +
        'production has no value to compare with',
    });
  });
});

describe('chooseRun', () => {
  const spec = { name: 'm', gate: { metric: 'mase' as const, better_than: [] } };
  const facts = {
    ...{
      model: 'm',
      dataset: 'd',
      specDigest: 's',
      trainer: 'mstl',
      hyperparameters: {},
      seed: 1,
      codeDigest: 'c',
    },
    ...{ versions: {}, time: '2026-01-01T00:00:00.000Z', seconds: 1 },
  };
  const measures = { rmsse: 1, smape: 1, wape: 1, rmse: 1, bias: 0, points: 1, series: 1, unscaled: 0 };
  const run = (id: string, mase: number | null): RunRecord =>
    runRecordSchema.parse({
      ...{
        ...facts,
        id,
        status: 'succeeded',
        task: 'forecasting',
        metrics: { validation: { mase, ...measures } },
      },
      ...{ series: 1, filled: 0, fallbacks: 0, empty: 0, fallbackReasons: {}, artifacts: {} },
    });
  const failed = runRecordSchema.parse({
    ...{ ...facts, id: 'f', status: 'failed', error: { name: 'TrainingError', message: 'No such thing.' } },
  });

  test('takes the lowest value, of equal ones the first, and passes over failed runs', () => {
    expect(chooseRun(spec, [failed, run('a', 2), run('b', 1), run('c', 1)]).id).toBe('b');
  });

  test('a run without a value comes last', () => {
    expect(chooseRun(spec, [run('a', null), run('b', 9)]).id).toBe('b');
    expect(chooseRun(spec, [run('a', null)]).id).toBe('a');
  });

  test('throws when every run failed, and says why', () => {
    expect(() => chooseRun(spec, [failed])).toThrow(
      new NoCandidateError('No candidate of m could be trained. mstl: TrainingError: No such thing.'),
    );
  });
});
