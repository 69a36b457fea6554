import { describe, expect, test } from 'vitest';
import { chooseRun } from '../../../core/evaluation/evaluate-candidates.ts';
import { boundConfidence, type GateCase, judge } from '../../../core/evaluation/gate.ts';
import { NoCandidateError } from '../../../core/telemetry/errors.ts';
import { type RunRecord, runRecordSchema } from '../../../core/training/run-record.ts';

const gate = (changes: Partial<GateCase['gate']> = {}): GateCase['gate'] => ({
  ...{ metric: 'mase', better_than: ['baseline', 'champion'], confidence: 0.95 },
  ...changes,
});
const between = (lower: number, value: number, upper: number) => ({ lower, value, upper });
const gateCase = (changes: Partial<GateCase> = {}): GateCase => ({
  gate: gate(),
  chosen: { trainer: 'mstl', value: 0.8 },
  baseline: { trainer: 'baseline', value: 1, difference: between(-0.3, -0.2, -0.1) },
  champion: undefined,
  ...changes,
});
const champion = (value: number | null, difference?: ReturnType<typeof between>, sameRecipe = false) => ({
  ...{ version: 3, trainer: 'mstl', value, difference, sameRecipe },
});
const BEATS = "it is better than the baseline's 1 (difference -0.2, 90 % interval -0.3 to -0.1)";

describe('judge', () => {
  test('the first version has to beat the baseline only', () => {
    expect(judge(gateCase())).toEqual({
      passed: true,
      reason: `mstl passes with MASE 0.8 on the test part: ${BEATS}`,
    });
  });

  test('an advantage that may be chance is not better', () => {
    const baseline = { trainer: 'baseline', value: 0.81, difference: between(-0.05, -0.01, 0.03) };
    expect(judge(gateCase({ baseline }))).toEqual({
      passed: false,
      reason:
        "mstl is refused with MASE 0.8 on the test part: it is below the baseline's 0.81, but that may be chance " +
        '(difference -0.01, 90 % interval -0.05 to 0.03)',
    });
    // A bound of exactly zero excludes nothing.
    const edge = { ...baseline, difference: between(-0.05, -0.01, 0) };
    expect(judge(gateCase({ baseline: edge })).passed).toBe(false);
  });

  test('a gate that asks for the better figure only lets it pass, and says how sure that is', () => {
    const baseline = { trainer: 'baseline', value: 0.81, difference: between(-0.05, -0.01, 0.03) };
    expect(judge(gateCase({ gate: gate({ confidence: 0.5 }), baseline }))).toEqual({
      passed: true,
      reason:
        "mstl passes with MASE 0.8 on the test part: it is below the baseline's 0.81, perhaps by chance, which this " +
        'gate lets pass (difference -0.01, 80 % interval -0.05 to 0.03)',
    });
    expect([0.5, 0.8, 0.99].map(confidence => boundConfidence({ confidence }))).toEqual([0.9, 0.8, 0.99]);
  });

  test('as good as the baseline is not better', () => {
    const baseline = { trainer: 'baseline', value: 0.8, difference: between(-0.1, 0, 0.1) };
    for (const confidence of [0.5, 0.95]) {
      expect(judge(gateCase({ gate: gate({ confidence }), baseline }))).toEqual({
        passed: false,
        reason:
          "mstl is refused with MASE 0.8 on the test part: it is not better than the baseline's 0.8 " +
          `(difference 0, ${confidence === 0.5 ? 80 : 90} % interval -0.1 to 0.1)`,
      });
    }
  });

  test('the interval follows the confidence', () => {
    expect(judge(gateCase({ gate: gate({ confidence: 0.99 }) })).reason).toContain('98 % interval');
  });

  test('the baseline cannot be better than itself', () => {
    const itself = { trainer: 'baseline', value: 0.5, difference: between(0, 0, 0) };
    expect(judge(gateCase({ chosen: itself, baseline: itself }))).toEqual({
      passed: false,
      reason:
        'baseline is refused with MASE 0.5 on the test part: it is the baseline itself, which it would have to beat',
    });
  });

  test('the baseline may pass a gate that does not ask for it', () => {
    const itself = { trainer: 'baseline', value: 0.5, difference: between(0, 0, 0) };
    const open = gate({ metric: 'wape', better_than: [] });
    expect(judge(gateCase({ gate: open, chosen: itself, baseline: itself }))).toEqual({
      passed: true,
      reason: 'baseline passes with WAPE 0.5 on the test part: the gate asks for nothing more',
    });
  });

  test('as good as the champion is good enough, and so is worse by what may be chance', () => {
    expect(judge(gateCase({ champion: champion(0.8, between(-0.1, 0, 0.1)) }))).toEqual({
      passed: true,
      reason:
        `mstl passes with MASE 0.8 on the test part: ${BEATS}, and it is not worse than version 3 in production ` +
        '(0.8 on the same data; difference 0, 90 % interval -0.1 to 0.1)',
    });
    expect(judge(gateCase({ champion: champion(0.79, between(-0.02, 0.01, 0.04)) }))).toEqual({
      passed: true,
      reason:
        `mstl passes with MASE 0.8 on the test part: ${BEATS}, and it is above version 3 in production, but that may ` +
        'be chance (0.79 on the same data; difference 0.01, 90 % interval -0.02 to 0.04)',
    });
  });

  test('surely worse than the champion is refused, and any worse where the better figure is asked for', () => {
    expect(judge(gateCase({ champion: champion(0.75, between(0.01, 0.05, 0.09)) }))).toEqual({
      passed: false,
      reason:
        'mstl is refused with MASE 0.8 on the test part: it is worse than version 3 in production ' +
        '(0.75 on the same data; difference 0.05, 90 % interval 0.01 to 0.09)',
    });
    const close = champion(0.79, between(-0.02, 0.01, 0.04));
    expect(judge(gateCase({ gate: gate({ confidence: 0.5 }), champion: close })).passed).toBe(false);
  });

  test('the recipe of the champion on newer data passes, and the reason says so', () => {
    expect(judge(gateCase({ champion: champion(0.8, between(0, 0, 0), true) }))).toEqual({
      passed: true,
      reason:
        `mstl passes with MASE 0.8 on the test part: ${BEATS}, and it has the recipe of version 3 in production, on ` +
        'the data of today',
    });
  });

  test('the limit includes its own value', () => {
    const limited = (max: number) => gate({ better_than: [], max });
    expect(judge(gateCase({ gate: limited(0.8) }))).toEqual({
      passed: true,
      reason: 'mstl passes with MASE 0.8 on the test part: it is within the limit of 0.8',
    });
    expect(judge(gateCase({ gate: limited(0.79) })).passed).toBe(false);
  });

  test('all broken conditions are told, and only these', () => {
    const worse = champion(0.6, between(0.1, 0.2, 0.3));
    expect(judge(gateCase({ gate: gate({ max: 0.5 }), champion: worse })).reason).toBe(
      'mstl is refused with MASE 0.8 on the test part: it exceeds the limit of 0.5, and it is worse than version 3 in ' +
        'production (0.6 on the same data; difference 0.2, 90 % interval 0.1 to 0.3)',
    );
  });

  describe('where higher is better', () => {
    const auc = { metric: 'auc' as const };
    const chosen = { trainer: 'gradient-boosting', value: 0.7 };
    const beaten = { trainer: 'baseline', value: 0.5, difference: between(0.1, 0.2, 0.3) };

    test('a positive difference is an advantage', () => {
      expect(judge(gateCase({ gate: gate({ ...auc, min: 0.6 }), chosen, baseline: beaten }))).toEqual({
        passed: true,
        reason:
          'gradient-boosting passes with AUC 0.7 on the test part: it reaches the limit of 0.6, and it is better than ' +
          "the baseline's 0.5 (difference 0.2, 90 % interval 0.1 to 0.3)",
      });
    });

    test('too low a value, and an advantage that may be chance, are refused', () => {
      const perhaps = { trainer: 'baseline', value: 0.69, difference: between(-0.01, 0.01, 0.03) };
      expect(judge(gateCase({ gate: gate({ ...auc, min: 0.75 }), chosen, baseline: perhaps }))).toEqual({
        passed: false,
        reason:
          'gradient-boosting is refused with AUC 0.7 on the test part: it does not reach the limit of 0.75, and it is ' +
          "above the baseline's 0.69, but that may be chance (difference 0.01, 90 % interval -0.01 to 0.03)",
      });
    });

    test('the champion is lost to where the difference is surely negative', () => {
      const against = (difference: ReturnType<typeof between>) =>
        judge(gateCase({ gate: gate(auc), chosen, baseline: beaten, champion: champion(0.72, difference) }));
      expect(against(between(-0.03, -0.02, -0.01)).passed).toBe(false);
      expect(against(between(-0.05, -0.02, 0.01))).toMatchObject({
        passed: true,
        reason: expect.stringContaining('it is below version 3 in production, but that may be chance'),
      });
      expect(against(between(0, 0.02, 0.04)).passed).toBe(true);
    });
  });

  test('a metric that cannot be computed never passes', () => {
    const chosen = { trainer: 'mstl', value: null };
    expect(judge(gateCase({ gate: gate({ better_than: [] }), chosen })).passed).toBe(false);
  });

  test('a baseline or champion without a value cannot hold a candidate back', () => {
    const baseline = { trainer: 'baseline', value: null, difference: undefined };
    expect(judge(gateCase({ baseline, champion: champion(null) }))).toEqual({
      passed: true,
      reason:
        'mstl passes with MASE 0.8 on the test part: the baseline has no value to compare with, and version 3 in ' +
        'production has no value to compare with',
    });
  });

  test('forecasts of other points than those of the candidate prove nothing', () => {
    const baseline = { trainer: 'baseline', value: 1, difference: undefined };
    expect(judge(gateCase({ baseline, champion: champion(1) }))).toEqual({
      passed: false,
      reason:
        'mstl is refused with MASE 0.8 on the test part: it has no point in common with the baseline, and it has no ' +
        'point in common with version 3 in production',
    });
  });
});

describe('chooseRun', () => {
  const spec = { name: 'm', gate: gate({ better_than: [] }) };
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
    ...{ versions: {}, time: '2026-01-01T00:00:00.000Z', seconds: 1, memory: 1 },
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
