import { describe, expect, test } from 'vitest';
import { TrainingError } from '../../../../core/telemetry/errors.ts';
import {
  type BoostingTask,
  boostingHyperparameters,
  predict,
  rowPredictor,
  trainBoosting,
} from '../../../../core/training/gradient-boosting/index.ts';
import { categorical, examples, numbers, numeric, oneTree, repeat } from './support.ts';

const { columns, score } = examples(100, 2);
const good: BoostingTask = { columns, target: score, objective: { kind: 'squared' }, seed: 1 };
const with100 = (value: number, at: number): Float64Array =>
  score.map((other, i) => (i === at ? value : other));

describe('is refused by name, with what was found', () => {
  test.each<[string, Partial<BoostingTask>, string]>([
    ['no examples', { target: numbers() }, 'There are no examples to learn from.'],
    ['no features', { columns: [] }, 'There are no features to learn from.'],
    [
      'a missing target',
      { target: with100(Number.NaN, 41) },
      'The target of row 41 is NaN; with the objective "squared" it must be a number from -1e+100 to 1e+100.',
    ],
    [
      'an infinite target',
      { target: with100(-Infinity, 0) },
      'The target of row 0 is -Infinity; with the objective "squared" it must be a number from -1e+100 to 1e+100.',
    ],
    [
      'a negative count',
      { objective: { kind: 'poisson' }, target: score.map((_, i) => (i === 7 ? -1 : i)) },
      'The target of row 7 is -1; with the objective "poisson" it must be a number from 0 to 1e+100.',
    ],
    [
      'a class that is none',
      { objective: { kind: 'softmax', classes: 3 }, target: score.map((_, i) => i % 4) },
      'The target of row 3 is 3; with the objective "softmax" it must be a number from 0 to 2, whole.',
    ],
    [
      'a third of two classes',
      { objective: { kind: 'logistic' }, target: score.map((_, i) => i) },
      'The target of row 2 is 2; with the objective "logistic" it must be 0 or 1.',
    ],
    [
      'a constant target',
      { target: score.map(() => 4.5) },
      'The target is 4.5 in every example: there is nothing to learn.',
    ],
    [
      'one class only',
      { objective: { kind: 'logistic' }, target: score.map(() => 1) },
      'Every example is of class 1: one class cannot be told from others that training never sees.',
    ],
    [
      'a constant target where it counts',
      { target: score.map((_, i) => Math.min(i, 1)), weights: score.map((_, i) => Math.min(i, 1)) },
      'The target is 1 in every example: there is nothing to learn.',
    ],
    [
      'ten rows',
      { columns: [numeric('x', ...repeat(5, 1, 2))], target: numbers(...repeat(5, 1, 2)) },
      'The examples weigh 10 together, and a tree needs two leaves of at least min_leaf_weight = 20. Bring more examples, or lower min_leaf_weight.',
    ],
    [
      'features without values',
      {
        columns: [
          numeric('a', ...repeat(100, Number.NaN)),
          categorical('b', ...repeat(100, undefined)),
          numeric('c', ...repeat(100, 3)),
        ],
      },
      'No feature tells examples apart: "a" is missing in every example, "b" is missing in every example, "c" has the same value in every example.',
    ],
    [
      'features of two lengths',
      { columns: [numeric('short', 1, 2)] },
      'The feature "short" has 2 values, and the target 100.',
    ],
    [
      'two features of a name',
      { columns: [...columns, ...columns.slice(0, 1)] },
      'Two features are called "x0".',
    ],
    [
      'a code without a category',
      { columns: [{ ...categorical('c', 'a', 'b'), codes: new Int32Array(100).fill(2) }] },
      'The feature "c" has the category code 2 in row 0; codes are -1 for missing and 0 to 1.',
    ],
    ['weights for others', { weights: numbers(1, 2) }, 'There are 2 weights for 100 examples.'],
    [
      'a negative weight',
      { weights: score.map((_, i) => (i === 3 ? -2 : 1)) },
      'The weight of row 3 is -2; it must be a number from 0 to 1000000000.',
    ],
    ['no weight', { weights: score.map(() => 0) }, 'The weights add up to 0.'],
    [
      'early stopping without validation',
      { hyperparameters: { early_stopping: 5 } },
      'early_stopping needs validation examples, and there are none.',
    ],
    [
      'validation without a feature',
      { validation: { columns: columns.slice(1), target: score } },
      'Validation: There is no column for the feature "x0".',
    ],
    [
      'validation with a missing target',
      { validation: { columns, target: with100(Number.NaN, 9) } },
      'Validation: The target of row 9 is NaN; with the objective "squared" it must be a number from -1e+100 to 1e+100.',
    ],
    [
      'a depth of 0',
      { hyperparameters: { depth: 0 } },
      'hyperparameters.depth: Too small: expected number to be >=1; found 0',
    ],
    [
      'a quantile of 1',
      { objective: { kind: 'quantile', level: 1 } },
      'objective.level: Too big: expected number to be <1; found 1',
    ],
    ['half a seed', { seed: 0.5 }, 'seed: Invalid input: expected int, received number; found 0.5'],
  ])('%s', (_name, part, message) => {
    expect(() => trainBoosting({ ...good, ...part })).toThrow(new TrainingError(message));
  });

  test('a hyperparameter that does not exist', () => {
    expect(boostingHyperparameters.safeParse({ eta: 0.1 }).error?.issues[0]?.message).toBe(
      'Unrecognized key: "eta"',
    );
  });
});

test('the defaults', () => {
  expect(boostingHyperparameters.parse({})).toEqual({
    trees: 100,
    depth: 6,
    leaves: 64,
    learning_rate: 0.1,
    l2: 1,
    min_leaf_weight: 20,
    rows: 1,
    columns: 1,
    early_stopping: 0,
  });
});

describe('is dealt with', () => {
  test('ten rows, when leaves may be small', () => {
    const x = [numeric('x', ...repeat(5, 1, 2))];
    const model = trainBoosting({
      ...good,
      columns: x,
      target: numbers(...repeat(5, 3, 7)),
      hyperparameters: oneTree,
    });
    expect(predict(model, x)).toEqual([numbers(...repeat(5, 3, 7))]);
  });

  test('infinite values are beyond all finite ones', () => {
    const x = [numeric('x', -Infinity, -1e308, 1e308, Infinity)];
    const model = trainBoosting({
      ...good,
      columns: x,
      target: numbers(4, 0, 1, 5),
      hyperparameters: oneTree,
    });
    expect(predict(model, x)).toEqual([numbers(4, 0, 1, 5)]);
  });

  test('a hundred thousand categories: the frequent ones count', () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `id-${i}`);
    const codes = Int32Array.from({ length: 120_000 }, (_, i) => (i < 100_000 ? i : i % 2));
    const target = Float64Array.from(codes, code => (code === 0 ? 10 : code === 1 ? 20 : 0));
    const model = trainBoosting({
      ...good,
      columns: [{ kind: 'categorical', name: 'id', categories: names, codes }],
      target,
      hyperparameters: { trees: 1, learning_rate: 1, l2: 0 },
    });
    const row = rowPredictor(model);
    for (const [name, expected] of [
      ['id-0', 10],
      ['id-1', 20],
      ['id-2', 0],
      ['id-99999', 0],
      ['new', 0],
    ] as const) {
      expect(row.predict([name])[0]).toBeCloseTo(expected, 9);
    }
  });

  test('a class without an example: its probability is next to nothing', () => {
    const target = score.map(value => (value > 0 ? 2 : 0));
    const model = trainBoosting({ ...good, target, objective: { kind: 'softmax', classes: 3 } });
    const [first, never] = rowPredictor(model).predict([0.1, 0.9, 0.5, 'Kyoto']);
    expect(never).toBeLessThan(1e-5);
    expect(Number.isFinite(first)).toBe(true);
  });

  test('a Poisson target with one enormous count: no overflow', () => {
    const x = Float64Array.from({ length: 1000 }, (_, i) => Math.floor(i / 10));
    const target = x.map(value => (value >= 98 ? 1e6 : 0));
    const model = trainBoosting({
      ...good,
      columns: [{ kind: 'numeric', name: 'x', values: x }],
      target,
      objective: { kind: 'poisson' },
      hyperparameters: { learning_rate: 1 },
    });
    const [low = Number.NaN, high = Number.NaN] = [0, 999].map(
      value => rowPredictor(model).predict([value])[0],
    );
    expect(low).toBeLessThan(1);
    expect(Math.abs(high / 1e6 - 1)).toBeLessThan(1e-3);
  });

  test('targets at the end of the range of numbers', () => {
    const x = [numeric('x', ...repeat(30, 1, 2))];
    const model = trainBoosting({
      ...good,
      columns: x,
      target: numbers(...repeat(30, -1e100, 1e100)),
      hyperparameters: { ...oneTree },
    });
    expect(rowPredictor(model).predict([2])).toEqual([1e100]);
  });
});
