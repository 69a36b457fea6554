import { expect, test } from 'vitest';
import { priorMethod } from '../../../../core/training/tabular/prior.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';

const fit = (question: Question, ...target: number[]) => {
  const examples = { columns: [], target: Float64Array.from(target) };
  return priorMethod.fit({ question, train: examples, validation: examples, hyperparameters: {}, seed: 1 });
};
const answer = async (question: Question, ...target: number[]): Promise<number[]> => {
  await using model = await fit(question, ...target);
  return (await model.predict([], 1)).map(([value = Number.NaN]) => value);
};

test('a regression gets the mean, or the quantile that is asked for', async () => {
  expect(await answer({ task: 'regression' }, 1, 2, 6)).toEqual([3]);
  expect(await answer({ task: 'regression', quantile: 0.5 }, 9, 1, 5)).toEqual([5]);
  const ten = Array.from({ length: 10 }, (_, i) => i + 1);
  expect(await answer({ task: 'regression', quantile: 0.9 }, ...ten)).toEqual([9]);
  expect(await answer({ task: 'regression', quantile: 0.01 }, 4, 2)).toEqual([2]);
});

test('a classification gets the share of each class', async () => {
  const question: Question = { task: 'classification', classes: ['a', 'b', 'c'] };
  expect(await answer(question, 0, 2, 2, 2)).toEqual([0.25, 0, 0.75]);
});

test('is the same after it was stored', async () => {
  const question: Question = { task: 'regression' };
  const model = await fit(question, 0.1, 0.2);
  const stored = await priorMethod.decode(model.encode(), { question, features: [] });
  expect(await stored.predict([], 3)).toEqual(await model.predict([], 3));
  expect(model.importance()).toEqual([]);
});
