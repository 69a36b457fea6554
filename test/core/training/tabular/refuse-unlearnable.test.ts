import { expect, test } from 'vitest';
import type { Column } from '../../../../core/data/features/columns.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';
import { refuseUnlearnable } from '../../../../core/training/tabular/refuse-unlearnable.ts';

const regression: Question = { task: 'regression' };
const binary: Question = { task: 'classification', classes: ['no', 'yes'] };
const numbers = (name: string, ...values: number[]): Column => ({
  ...{ kind: 'numeric', name },
  values: Float64Array.from(values),
});
const codes = (name: string, ...values: number[]): Column => ({
  ...{ kind: 'categorical', name, categories: ['a', 'b', 'c'] },
  codes: Int32Array.from(values),
});
const check =
  (question: Question, target: number[], ...columns: Column[]) =>
  () =>
    refuseUnlearnable({ question, train: { columns, target: Float64Array.from(target) } });

test('a constant target has nothing to teach', () => {
  expect(check(regression, [3, 3], numbers('x', 1, 2))).toThrow(
    'The target is 3 in all 2 examples of the train part, so there is nothing to learn.',
  );
  expect(check(binary, [1, 1], numbers('x', 1, 2))).toThrow('The target is "yes" in all 2 examples');
});

test('features without any value are named', () => {
  const nothing = [numbers('x', Number.NaN, Number.NaN), codes('y', -1, -1)];
  expect(check(regression, [1, 2], ...nothing)).toThrow(
    expect.objectContaining({
      name: 'TrainingError',
      message: expect.stringMatching(
        /^No feature has a value in any of the 2 examples of the train part \(x, y\)\./,
      ),
    }),
  );
  expect(check(regression, [1, 2], ...nothing, numbers('z', 1, Number.NaN))).not.toThrow();
});

test('a feature that is the target is named', () => {
  expect(check(regression, [1, 2, 4], numbers('x', 1, 2, 3), numbers('copy', 1, 2, 4))).toThrow(
    'The feature "copy" is the target',
  );
  expect(check(binary, [0, 1, 0], codes('word', 2, 0, 2))).toThrow('The feature "word" is the target');
  expect(check(binary, [0, 1, 0], numbers('absent', 7, Number.NaN, 7))).toThrow('"absent" is the target');
});

test('a feature that says more or less than the target is not it', () => {
  expect(check(binary, [0, 1, 0], codes('word', 2, 0, 1))).not.toThrow();
  expect(check(binary, [0, 1, 0], numbers('x', 1, 1, 1))).not.toThrow();
  expect(check(regression, [1, 2], numbers('double', 2, 4))).not.toThrow();
});
