import { expect, test } from 'vitest';
import { priorMethod } from '../../../../core/training/tabular/prior.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';

const fit = (question: Question, ...target: number[]) => {
  const examples = { columns: [], target: Float64Array.from(target) };
  return priorMethod.fit({ question, train: examples, validation: examples, hyperparameters: {}, seed: 1 });
};
const answer = (question: Question, ...target: number[]): number[] =>
  fit(question, ...target)
    .predict([], 1)
    .map(([value = Number.NaN]) => value);

test('a regression gets the mean, or the quantile that is asked for', () => {
  expect(answer({ task: 'regression' }, 1, 2, 6)).toEqual([3]);
  expect(answer({ task: 'regression', quantile: 0.5 }, 9, 1, 5)).toEqual([5]);
  expect(
    answer({ task: 'regression', quantile: 0.9 }, ...Array.from({ length: 10 }, (_, i) => i + 1)),
  ).toEqual([9]);
  expect(answer({ task: 'regression', quantile: 0.01 }, 4, 2)).toEqual([2]);
});

test('a classification gets the share of each class', () => {
  expect(answer({ task: 'classification', classes: ['a', 'b', 'c'] }, 0, 2, 2, 2)).toEqual([0.25, 0, 0.75]);
});

test('is the same after it was stored', () => {
  const model = fit({ task: 'regression' }, 0.1, 0.2);
  const [stored] = priorMethod.decode(model.encode()).predict([], 3);
  expect(stored).toEqual(model.predict([], 3)[0]);
  expect(model.importance()).toEqual([]);
});
