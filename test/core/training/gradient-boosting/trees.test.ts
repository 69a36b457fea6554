import { describe, expect, test } from 'vitest';
import { binColumns } from '../../../../core/training/gradient-boosting/binning/binned-data.ts';
import { chooseBins } from '../../../../core/training/gradient-boosting/binning/choose-bins.ts';
import {
  predictRaw,
  rowPredictor,
  trainBoosting,
} from '../../../../core/training/gradient-boosting/index.ts';
import { Random } from '../../../../core/training/gradient-boosting/random.ts';
import { type GrownTree, TreeGrower } from '../../../../core/training/gradient-boosting/trees/grow-tree.ts';
import { categorical, examples, numbers, numeric, oneTree, repeat } from './support.ts';

const squared = { objective: { kind: 'squared' }, seed: 1 } as const;
const _ = Number.NaN;

describe('one split by hand: x = 1, 2, 3, 4 and y = 1, 1, 5, 5, whose mean is 3', () => {
  const task = { ...squared, columns: [numeric('x', 1, 2, 3, 4)], target: numbers(1, 1, 5, 5) };

  test('between 2 and 3; leaves are the means of the residuals', () => {
    const model = trainBoosting({ ...task, hyperparameters: { ...oneTree, depth: 1 } });
    expect([...model.start]).toEqual([3]);
    expect(
      model.trees.map(({ kinds, values, children }) => ({
        kinds: [...kinds],
        values: [...values],
        children: [...children],
      })),
    ).toEqual([{ kinds: [1, 0, 0], values: [2.5, -2, 2], children: [1, 0, 0] }]);
    // The gradients are 2, 2, -2, -2: 4² / 2 + 4² / 2 − 0² / 4.
    expect(model.gains).toEqual([16]);
  });

  test('λ shrinks leaves and gain', () => {
    const model = trainBoosting({ ...task, hyperparameters: { ...oneTree, depth: 1, l2: 2 } });
    // −4 / (2 + 2), and 4² / (2 + 2) twice.
    expect([...(model.trees[0]?.values ?? [])]).toEqual([2.5, -1, 1]);
    expect(model.gains).toEqual([8]);
  });

  test('the learning rate scales the leaves', () => {
    const model = trainBoosting({ ...task, hyperparameters: { ...oneTree, depth: 1, learning_rate: 0.25 } });
    expect([...(model.trees[0]?.values ?? [])]).toEqual([2.5, -0.5, 0.5]);
  });

  test('a second round learns what the first left over', () => {
    const model = trainBoosting({
      ...task,
      hyperparameters: { ...oneTree, trees: 2, depth: 1, learning_rate: 0.5 },
    });
    expect(predictRaw(model, task.columns)).toEqual([numbers(1.5, 1.5, 4.5, 4.5)]);
  });

  test('leaves weigh at least min_leaf_weight: three examples cannot be apart from one', () => {
    const columns = [numeric('x', 1, 2, 3, 4)];
    const target = numbers(0, 0, 0, 8);
    const model = trainBoosting({
      ...squared,
      columns,
      target,
      hyperparameters: { ...oneTree, min_leaf_weight: 2 },
    });
    expect(predictRaw(model, columns)).toEqual([numbers(0, 0, 4, 4)]);
  });
});

describe('growth', () => {
  const columns = [numeric('x', 1, 2, 3, 4, 5, 6, 7, 8)];
  const target = numbers(0, 0, 1, 1, 10, 10, 30, 30);

  test('the leaf that gains most is divided first', () => {
    const model = trainBoosting({ ...squared, columns, target, hyperparameters: { ...oneTree, leaves: 3 } });
    expect(predictRaw(model, columns)).toEqual([numbers(0.5, 0.5, 0.5, 0.5, 10, 10, 30, 30)]);
  });

  test('depth limits the questions on a path', () => {
    const model = trainBoosting({ ...squared, columns, target, hyperparameters: { ...oneTree, depth: 2 } });
    // The root parts at 6.5: 30 is furthest from the others.
    expect(predictRaw(model, columns)).toEqual([numbers(0.5, 0.5, 0.5, 0.5, 10, 10, 30, 30)]);
  });

  test('equal examples are never divided', () => {
    const model = trainBoosting({ ...squared, columns, target, hyperparameters: oneTree });
    expect(model.trees[0]?.kinds.filter(kind => kind === 0)).toHaveLength(4);
    expect(predictRaw(model, columns)).toEqual([target]);
  });

  test('the first of two features that say the same is asked', () => {
    const twice = [numeric('a', 1, 2), numeric('b', 1, 2)];
    expect(
      trainBoosting({ ...squared, columns: twice, target: numbers(0, 1), hyperparameters: oneTree }).gains,
    ).toEqual([0.5, 0]);
  });
});

describe('missing values', () => {
  const fit = (x: number[], y: number[]) =>
    rowPredictor(
      trainBoosting({
        ...squared,
        columns: [numeric('x', ...x)],
        target: numbers(...y),
        hyperparameters: { ...oneTree, depth: 1 },
      }),
    );

  test('go to the low side when they are like low values', () => {
    const row = fit([1, 2, 3, 4, _, _], [0, 0, 6, 6, 0, 0]);
    expect([row.predictRaw([Number.NaN]), row.predictRaw([2]), row.predictRaw([3])]).toEqual([[0], [0], [6]]);
  });

  test('go to the high side when they are like high values', () => {
    const row = fit([1, 2, 3, 4, _, _], [0, 0, 6, 6, 6, 6]);
    expect([row.predictRaw([null]), row.predictRaw([2]), row.predictRaw([3])]).toEqual([[6], [0], [6]]);
  });

  test('are apart from all others when only that tells examples apart', () => {
    const row = fit([1, 2, 3, 4, _, _], [0, 0, 0, 0, 6, 6]);
    expect([row.predictRaw([undefined]), row.predictRaw([-1e9]), row.predictRaw([Infinity])]).toEqual([
      [6],
      [0],
      [0],
    ]);
  });

  test('that training never saw go to the heavier side', () => {
    expect(fit([1, 2, 3, 4, 5], [0, 0, 0, 6, 6]).predictRaw([Number.NaN])).toEqual([0]);
    expect(fit([1, 2, 3, 4, 5], [0, 0, 6, 6, 6]).predictRaw([Number.NaN])).toEqual([6]);
  });
});

describe('categories', () => {
  // a and c are high, b and d low: no threshold on any order of names parts them.
  const city = categorical('city', ...repeat(10, 'a', 'b', 'c', 'd'));
  const target = numbers(...repeat(10, 8, 0, 8, 0));
  const fit = (column = city, y = target) =>
    rowPredictor(
      trainBoosting({ ...squared, columns: [column], target: y, hyperparameters: { ...oneTree, depth: 1 } }),
    );

  test('one question parts any set from the others', () => {
    const row = fit();
    expect(['a', 'b', 'c', 'd'].map(name => row.predictRaw([name]))).toEqual([[8], [0], [8], [0]]);
  });

  test('missing values are learned from, and unseen categories follow them', () => {
    const column = categorical('city', ...repeat(10, 'a', 'b'), ...repeat(10, undefined));
    const row = fit(column, numbers(...repeat(10, 0, 8), ...repeat(10, 8)));
    expect([['a'], [null], ['never seen'], ['b']].map(values => row.predictRaw(values))).toEqual([
      [0],
      [8],
      [8],
      [8],
    ]);
  });

  test('without missing values, unseen categories go to the heavier side', () => {
    const column = categorical('city', ...repeat(10, 'a', 'b', 'c'));
    expect(fit(column, numbers(...repeat(10, 0, 9, 9))).predictRaw(['never seen'])).toEqual([9]);
    expect(fit(column, numbers(...repeat(10, 0, 0, 9))).predictRaw(['never seen'])).toEqual([0]);
  });

  test('rare ones stay together with missing values', () => {
    // Nine examples of "rare" are extreme; with "b" and without them nothing could be told apart.
    const column = categorical('city', ...repeat(20, 'a', 'b'), ...repeat(9, 'rare'));
    const row = fit(column, numbers(...repeat(20, 0, 0), ...repeat(9, 98)));
    expect([['a'], ['b'], ['rare'], [null]].map(values => row.predictRaw(values))).toEqual([
      [0],
      [0],
      [98],
      [98],
    ]);
  });

  test('the numbering of categories does not matter', () => {
    const renumbered = { ...city, categories: ['d', 'c', 'b', 'a'], codes: city.codes.map(code => 3 - code) };
    const of = (column: typeof city) =>
      trainBoosting({ ...squared, columns: [column], target, hyperparameters: oneTree });
    expect(of(renumbered)).toEqual(of(city));
  });
});

test('without room for histograms trees are the same', () => {
  const { columns } = examples(500, 9);
  // Whole numbers add up without rounding, in whatever way a histogram comes about.
  const gradient = Float64Array.from({ length: 500 }, (_, i) => ((i * 37) % 11) - 5);
  const bins = chooseBins(columns, Random.seeded(1));
  const data = binColumns(columns, bins, 500);
  const rules = { depth: 8, leaves: 50, l2: 0, minWeight: 2, minHessian: 1e-3 };
  const grow = (memory?: number): GrownTree =>
    new TreeGrower(data, rules, { weights: undefined, constantHessian: true }, memory).grow(
      { gradient, hessian: new Float64Array(500).fill(1) },
      Int32Array.from(gradient.keys()),
      Int32Array.of(0, 1, 2, 3),
    );
  const roomy = grow();
  expect(roomy.nodes).toHaveLength(99);
  expect(grow(0)).toEqual(roomy);
  expect(grow(100_000)).toEqual(roomy);
});
