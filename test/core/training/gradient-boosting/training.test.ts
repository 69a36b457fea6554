import { describe, expect, test } from 'vitest';
import {
  encodeModel,
  importance,
  predict,
  predictRaw,
  roundsOf,
  trainBoosting,
} from '../../../../core/training/gradient-boosting/index.ts';
import { lossOf } from '../../../../core/training/gradient-boosting/losses/loss-of.ts';
import { examples, numbers, OBJECTIVES, oneTree } from './support.ts';

const { columns, score } = examples(600, 1);

describe.each(OBJECTIVES)('$kind', (objective, targetOf) => {
  const target = score.map(targetOf);
  const fit = (trees: number) =>
    trainBoosting({ columns, target, objective, hyperparameters: { trees, depth: 4 }, seed: 1 });
  const model = fit(20);

  test('the training loss falls with every round', () => {
    const loss = lossOf(objective);
    const losses = Array.from({ length: 21 }, (_, rounds) => {
      const trees = model.trees.slice(0, rounds * loss.outputs);
      return loss.mean(predictRaw({ ...model, trees }, columns), { target, weights: undefined });
    });
    for (const [round, value] of losses.entries()) {
      if (round > 0) expect(value).toBeLessThan(losses[round - 1] ?? Number.NaN);
    }
    expect(losses[20]).toBeLessThan(0.7 * (losses[0] ?? Number.NaN));
  });

  test('more rounds begin with the same trees', () => {
    const shorter = fit(3);
    expect(shorter.trees).toEqual(model.trees.slice(0, shorter.trees.length));
    expect(roundsOf(shorter)).toBe(3);
  });

  test('it finds out what matters', () => {
    const gains = new Map(importance(model).map(({ feature, gain }) => [feature, gain]));
    expect([...gains.values()].reduce((sum, gain) => sum + gain, 0)).toBeCloseTo(1, 12);
    expect(gains.get('x2')).toBeLessThan(0.1);
    expect(importance(model)[0]?.feature).toBe('x0');
  });

  test('a weight of 2 is an example twice, a weight of 0 is none', () => {
    // Few different values: bins do not depend on how often they occur.
    const coarse = columns.map(column =>
      column.kind === 'numeric'
        ? { ...column, values: column.values.map(value => Math.round(value * 50)) }
        : column,
    );
    const weights = Float64Array.from(target, (_, row) => row % 3);
    const rows = [...target.keys()].flatMap(row => Array.from({ length: row % 3 }, () => row));
    const repeated = coarse.map(column =>
      column.kind === 'numeric'
        ? { ...column, values: Float64Array.from(rows, row => column.values[row] ?? 0) }
        : { ...column, codes: Int32Array.from(rows, row => column.codes[row] ?? 0) },
    );
    const common = { objective, hyperparameters: { trees: 3, depth: 3 }, seed: 1 };
    const weighted = trainBoosting({ columns: coarse, target, weights, ...common });
    const repeatedTarget = Float64Array.from(rows, row => target[row] ?? 0);
    const plain = trainBoosting({ columns: repeated, target: repeatedTarget, ...common });
    const expected = predictRaw(plain, repeated);
    for (const [output, values] of predictRaw(weighted, repeated).entries()) {
      for (const [row, value] of values.entries())
        expect(value).toBeCloseTo(expected[output]?.[row] ?? Number.NaN, 9);
    }
  });
});

test('probabilities are of every class, and add up to 1', () => {
  const target = score.map(value => (value > 1 ? 2 : value > -1 ? 1 : 0));
  const model = trainBoosting({ columns, target, objective: { kind: 'softmax', classes: 3 }, seed: 1 });
  const [a = numbers(), b = numbers(), c = numbers()] = predict(model, columns);
  for (const row of target.keys()) {
    expect((a[row] ?? 0) + (b[row] ?? 0) + (c[row] ?? 0)).toBeCloseTo(1, 12);
  }
  const hits = target.filter((label, row) =>
    [a, b, c].every(other => (other[row] ?? 0) <= ([a, b, c][label]?.[row] ?? 0)),
  );
  expect(hits.length / target.length).toBeGreaterThan(0.95);
});

test('a quantile has its share of the targets below it', () => {
  const model = trainBoosting({
    columns,
    target: score,
    objective: { kind: 'quantile', level: 0.8 },
    hyperparameters: { trees: 60 },
    seed: 1,
  });
  const [predicted = numbers()] = predict(model, columns);
  const below = score.filter((value, row) => value <= (predicted[row] ?? Number.NaN)).length;
  expect(Math.abs(below / score.length - 0.8)).toBeLessThan(0.03);
});

describe('sampling', () => {
  const fit = (seed: number, hyperparameters: { rows?: number; columns?: number }) =>
    encodeModel(
      trainBoosting({
        columns,
        target: score,
        objective: { kind: 'squared' },
        hyperparameters: { trees: 5, ...hyperparameters },
        seed,
      }),
    );

  test.each([[{ rows: 0.5 }], [{ columns: 0.5 }], [{ rows: 0.7, columns: 0.7 }]])(
    '%j: the seed decides',
    hyperparameters => {
      expect(fit(1, hyperparameters)).toEqual(fit(1, hyperparameters));
      expect(fit(1, hyperparameters)).not.toEqual(fit(2, hyperparameters));
    },
  );

  test('without samples the seed does not matter', () => {
    expect(fit(1, {})).toEqual(fit(2, {}));
  });

  test('a tree asks only about its columns', () => {
    const model = trainBoosting({
      columns,
      target: score,
      objective: { kind: 'squared' },
      hyperparameters: { trees: 12, columns: 0.25 },
      seed: 1,
    });
    for (const { features, kinds } of model.trees) {
      expect(new Set([...features].filter((_, node) => kinds[node] !== 0)).size).toBeLessThanOrEqual(1);
    }
    expect(model.gains.filter(gain => gain > 0).length).toBeGreaterThan(1);
  });

  test('examples outside of the sample move with the others', () => {
    const half = trainBoosting({
      columns,
      target: score,
      objective: { kind: 'squared' },
      hyperparameters: { rows: 0.5, trees: 50 },
      seed: 1,
    });
    const [predicted = numbers()] = predict(half, columns);
    const squares = score.map((value, row) => (value - (predicted[row] ?? Number.NaN)) ** 2);
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / score.length)).toBeLessThan(0.3);
  });
});

describe('validation', () => {
  const target = Float64Array.from({ length: 200 }, (_, i) => i % 2);
  const noise = examples(200, 5);
  const held = examples(200, 6);
  const task = {
    columns: noise.columns,
    target: noise.score.map(value => value),
    objective: { kind: 'squared' } as const,
    seed: 1,
  };

  test('early stopping keeps the rounds up to the lowest loss', () => {
    // What the columns say about this target is chance: validation gets worse soon.
    const model = trainBoosting({
      ...task,
      target,
      validation: { columns: held.columns, target: Float64Array.from(target, value => 1 - value) },
      hyperparameters: { trees: 500, early_stopping: 7, min_leaf_weight: 2, learning_rate: 0.3 },
    });
    const lowest = Math.min(...model.validationLoss);
    expect(model.validationLoss.length).toBeLessThan(100);
    expect(model.validationLoss.length).toBe(roundsOf(model) + 7);
    expect(lowest).toBe(roundsOf(model) === 0 ? lowest : model.validationLoss[roundsOf(model) - 1]);
  });

  test('the loss after each round is that of the predictions', () => {
    const model = trainBoosting({
      ...task,
      validation: { columns: held.columns, target: held.score },
      hyperparameters: { trees: 4 },
    });
    const losses = Array.from({ length: 4 }, (_, round) =>
      lossOf(task.objective).mean(
        predictRaw({ ...model, trees: model.trees.slice(0, round + 1) }, held.columns),
        {
          target: held.score,
          weights: undefined,
        },
      ),
    );
    expect([...model.validationLoss]).toEqual(losses);
  });

  test('without early stopping every tree stays, and validation changes none', () => {
    const validated = trainBoosting({ ...task, validation: { columns: held.columns, target: held.score } });
    const alone = trainBoosting(task);
    expect(validated.trees).toEqual(alone.trees);
    expect([validated.validationLoss.length, alone.validationLoss.length]).toEqual([100, 0]);
  });

  test('columns are found by name, categories by theirs', () => {
    const shuffled = held.columns
      .map(column =>
        column.kind === 'numeric'
          ? column
          : {
              ...column,
              categories: ['?', ...column.categories],
              codes: column.codes.map(code => (code < 0 ? code : code + 1)),
            },
      )
      .reverse();
    const of = (validation: typeof held.columns) =>
      trainBoosting({
        ...task,
        validation: { columns: validation, target: held.score },
        hyperparameters: { trees: 5 },
      });
    expect(of(shuffled)).toEqual(of(held.columns));
  });
});

test('training ends when nothing is left to learn', () => {
  const model = trainBoosting({
    columns: [{ kind: 'numeric', name: 'x', values: numbers(1, 2) }],
    target: numbers(0, 1),
    objective: { kind: 'squared' },
    hyperparameters: { ...oneTree, trees: 100 },
    seed: 1,
  });
  expect(roundsOf(model)).toBe(1);
});
