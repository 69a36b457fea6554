import { describe, expect, test } from 'vitest';
import { exampleProblems } from '../../../core/data/features/example-problems.ts';
import { sqlProblems } from '../../../core/data/sql-problems.ts';
import { metricsOf, TASKS } from '../../../core/spec/metrics.ts';
import { packSpec, unpackSpec } from '../../../core/spec/packed-spec.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { learnedTable, trainsOn } from '../../../core/spec/stages.ts';
import { trainersFor } from '../../../core/spec/trainer-names.ts';
import { SpecError } from '../../../core/telemetry/errors.ts';

const LATE = `name: late
task: classification
tables:
  flights:
    time: date
    columns:
      date: { type: timestamp }
      origin: { type: string }
      delay: { type: integer }
examples:
  base: flights
  id: [date, origin]
  features:
    hour: hour(flights.date)
  target: flights.delay > 15
split: { by: time, validation: 1 day, test: 1 day }
`;

const problemsOf = (text: string): readonly string[] => {
  try {
    parseSpec(text, 'late.yaml');
  } catch (error) {
    if (error instanceof SpecError) return error.problems;
    throw error;
  }
  return [];
};

const changed = (from: string, to: string): string => {
  expect(LATE).toContain(from);
  return LATE.replace(from, to);
};

describe('a spec of a tabular task', () => {
  test('has defaults of its own', () => {
    expect(parseSpec(LATE, 'late.yaml')).toMatchObject({
      candidates: [{ trainer: 'baseline' }, { trainer: 'gradient-boosting' }],
      gate: { metric: 'auc', better_than: ['baseline'] },
      monitoring: { performance: { metric: 'auc', max_drop: 0.05 } },
      slices: [],
    });
    const regression = changed('classification', 'regression').replace('delay > 15', 'delay');
    expect(parseSpec(regression, 'late.yaml')).toMatchObject({
      gate: { metric: 'rmse' },
      monitoring: { performance: { metric: 'rmse', max_drop: 0.2 } },
    });
  });

  test.each([
    [
      'a trainer of another task, by name',
      'candidates: [{ trainer: mstl }]',
      'late.yaml:17: candidates.0.trainer: found "mstl"; allowed: baseline, gradient-boosting, onnx, script ("mstl" learns forecasting only)',
    ],
    [
      'a trained model without its file',
      'candidates: [{ trainer: onnx }]',
      'late.yaml:17: candidates.0.file: is missing; the trainer "onnx" needs the path of a trained model',
    ],
    [
      'a trained model for a method that learns',
      'candidates: [{ trainer: gradient-boosting, file: a.onnx }]',
      'late.yaml:17: candidates.0.file: is for the trainer "onnx" only',
    ],
    [
      'hyperparameters of a model that is trained already',
      'candidates: [{ trainer: onnx, file: a.onnx, grid: { depth: [1] } }]',
      'late.yaml:17: candidates.0.grid: is for methods that learn; "onnx" brings a model that is trained already',
    ],
    ...[
      '../a.onnx',
      '/etc/a.onnx',
      'a/../../b.onnx',
      'a\\\\b.onnx',
      './a.onnx',
      'a.onnx/',
      'a.pkl',
      'a//b.onnx',
      'C:a.onnx',
      '.onnx',
    ].map((file): [string, string, string] => [
      `the path ${file}`,
      `candidates: [{ trainer: onnx, file: "${file}" }]`,
      `late.yaml:17: candidates.0.file: found "${file.replace('\\\\', '\\')}"; allowed: the path of an ONNX file in the folder ` +
        'of the spec or below it, of letters, digits, _, - and ., such as trained/risk.onnx',
    ]),
    [
      'a metric of another task',
      'gate: { metric: mase }',
      'late.yaml:17: gate.metric: found "mase"; allowed: auc, log_loss, brier, f1',
    ],
    [
      'a limit on the wrong side',
      'gate: { metric: auc, max: 0.6 }',
      'late.yaml:17: gate.max: AUC is better when higher; the limit goes under "min"',
    ],
    [
      'a limit on the wrong side, where lower is better',
      'gate: { metric: log_loss, min: 0.6 }',
      'late.yaml:17: gate.min: log loss is better when lower; the limit goes under "max"',
    ],
    [
      'a slice that is no feature',
      'slices: [origin]',
      'late.yaml:17: slices.0: there is no feature "origin"; features here: hour',
    ],
    [
      'a quantile of classes',
      'quantile: 0.9',
      'late.yaml:17: quantile: unknown key; allowed here: name, description, stage, owners, task, tables, examples, split, slices, candidates, gate, approval, rollout, monitoring',
    ],
  ])('refuses %s', (_, line, problem) => {
    expect(problemsOf(`${LATE}${line}\n`)).toEqual([problem]);
  });

  test('refuses a split of another way', () => {
    expect(problemsOf(changed('by: time', 'by: luck'))).toEqual([
      'late.yaml:16: split.by: found "luck"; allowed: time, hash, group',
    ]);
    expect(problemsOf(changed('test: 1 day', 'test: 1 day, share: 1'))).toEqual([
      'late.yaml:16: split.share: unknown key; allowed here: by, validation, test, columns',
    ]);
  });

  test('has its SQL bound, and a feature that is the target refused', async () => {
    const spec = parseSpec(changed('hour(flights.date)', 'flights.delay'), 'late.yaml');
    const problems = await sqlProblems(spec);
    expect(problems).toMatchObject([{ path: ['examples', 'features', 'hour'] }]);
    expect(problems[0]?.message).toMatch(/^leaks the target: it uses flights\.delay/);
    if (spec.task !== 'forecasting') expect(await exampleProblems(spec)).toEqual(problems);
    expect(await sqlProblems(parseSpec(LATE, 'late.yaml'))).toEqual([]);
  });

  test('is learned from its base table, and survives packing', () => {
    const spec = parseSpec(LATE, 'late.yaml');
    expect(learnedTable(spec)).toBe('flights');
    expect(trainsOn(spec, 'flights')).toBe(true);
    expect(unpackSpec(packSpec(spec))).toEqual(spec);
  });
});

test('a forecast takes no trained model', () => {
  const spec = `name: shop
task: forecasting
tables: { sales: { time: day, columns: { day: { type: date }, sold: { type: integer } } } }
series: { table: sales, time: day, every: 1 day, value: sum(sold) }
horizon: 1
candidates: [CANDIDATE]
`;
  expect(problemsOf(spec.replace('CANDIDATE', '{ trainer: onnx, file: a.onnx }'))).toEqual([
    'late.yaml:6: candidates.0.trainer: found "onnx"; allowed: baseline, mstl, gradient-boosting ("onnx" learns regression and classification only)',
  ]);
  expect(problemsOf(spec.replace('CANDIDATE', '{ trainer: mstl, file: a.onnx }'))).toEqual([
    'late.yaml:6: candidates.0.file: is for the trainer "onnx" only',
  ]);
});

test('every task has metrics and trainers, the baseline among them', () => {
  for (const task of TASKS) {
    expect(metricsOf(task).length).toBeGreaterThan(2);
    expect(trainersFor(task)).toContain('baseline');
  }
  expect(metricsOf('regression')).toEqual(['rmse', 'mae', 'r2', 'quantile_loss']);
  expect(trainersFor('classification')).toEqual(['baseline', 'gradient-boosting', 'onnx', 'script']);
});
