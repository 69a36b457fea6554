import { describe, expect, test } from 'vitest';
import { PredictionError } from '../../../../core/telemetry/errors.ts';
import {
  type Column,
  decodeModel,
  encodeModel,
  importance,
  predict,
  predictRaw,
  type RowValue,
  rowPredictor,
  trainBoosting,
} from '../../../../core/training/gradient-boosting/index.ts';
import { categorical, examples, numbers, numeric, OBJECTIVES, repeat } from './support.ts';

const { columns, score } = examples(700, 8);

const rowAt = (row: number): RowValue[] =>
  columns.map(column =>
    column.kind === 'numeric' ? column.values[row] : column.categories[column.codes[row] ?? -1],
  );

test.each(OBJECTIVES)(
  '$kind: row by row as in columns, to the last bit, also after decoding',
  (objective, targetOf) => {
    const model = trainBoosting({
      columns,
      target: score.map(targetOf),
      objective,
      hyperparameters: { trees: 5 },
      seed: 1,
    });
    const single = rowPredictor(decodeModel(encodeModel(model)));
    const raw = predictRaw(model, columns);
    const predictions = predict(model, columns);
    for (const row of score.keys()) {
      expect(single.predictRaw(rowAt(row))).toEqual(raw.map(values => values[row]));
      expect(single.predict(rowAt(row))).toEqual(predictions.map(values => values[row]));
    }
  },
);

describe('columns', () => {
  const model = trainBoosting({ columns, target: score, objective: { kind: 'squared' }, seed: 1 });
  const expected = predict(model, columns);

  test('are found by name, others are left out', () => {
    const first = columns[0];
    const more: Column[] = [...columns, ...(first ? [{ ...first, name: 'unknown' }] : [])];
    expect(predict(model, more.reverse())).toEqual(expected);
  });

  test('of categories may number them in another way, and have others', () => {
    const renumbered = columns.map(column =>
      column.kind === 'numeric'
        ? column
        : {
            ...column,
            categories: ['new', ...column.categories.toReversed()],
            codes: column.codes.map(code => (code < 0 ? code : 4 - code)),
          },
    );
    expect(predict(model, renumbered)).toEqual(expected);
  });

  test('unseen categories go where missing ones go', () => {
    const rows = rowPredictor(model);
    expect(rows.predict([0.5, 0.5, 0.5, 'Atlantis'])).toEqual(rows.predict([0.5, 0.5, 0.5, null]));
    expect(rows.predict([0.5, 0.5, 0.5, 'Osaka'])).not.toEqual(rows.predict([0.5, 0.5, 0.5, null]));
  });

  test('without examples give no predictions', () => {
    const none = columns.map(
      (column): Column =>
        column.kind === 'numeric'
          ? { ...column, values: numbers() }
          : { ...column, codes: new Int32Array(0) },
    );
    expect(predict(model, none)).toEqual([numbers()]);
  });

  test.each<[string, Column[], string]>([
    ['one is missing', columns.slice(1), 'There is no column for the feature "x0".'],
    [
      'one is of another kind',
      [...columns.slice(0, 3), numeric('city', 1)],
      'The feature "city" is categorical; its column is numeric.',
    ],
    [
      'one is shorter',
      [numeric('x0', 1), ...columns.slice(1)],
      'The columns "x0" and "x1" have 1 and 700 values.',
    ],
  ])('%s', (_name, wrong, message) => {
    expect(() => predict(model, wrong)).toThrow(new PredictionError(message));
  });

  test.each<[string, RowValue[], string]>([
    ['too few values', [1, 2], 'The row has 2 values; the model has 4 features.'],
    ['a text for a number', ['1', 2, 3, 'Naha'], 'The feature "x0" is a number; the row has a text.'],
    ['a number for a category', [1, 2, 3, 4], 'The feature "city" is a category; the row has the number 4.'],
  ])('of one row: %s', (_name, row, message) => {
    expect(() => rowPredictor(model).predict(row)).toThrow(new PredictionError(message));
  });
});

test('a model of many blocks and deep trees', () => {
  const x = Float64Array.from({ length: 3000 }, (_, i) => i);
  const model = trainBoosting({
    columns: [{ kind: 'numeric', name: 'x', values: x }],
    target: x.map(value => value ** 3),
    objective: { kind: 'squared' },
    hyperparameters: { depth: 32, leaves: 200, trees: 1, learning_rate: 1, l2: 0, min_leaf_weight: 1 },
    seed: 1,
  });
  const [predicted = numbers()] = predict(model, [{ kind: 'numeric', name: 'x', values: x }]);
  for (let i = 1; i < 3000; i++) expect(predicted[i]).toBeGreaterThanOrEqual(predicted[i - 1] ?? 0);
  expect(new Set(predicted).size).toBe(200);
});

test('importance of a model without splits is 0 throughout', () => {
  const model = trainBoosting({
    columns: [categorical('a', ...repeat(25, 'x', 'y'))],
    target: numbers(...repeat(25, 0), ...repeat(25, 1)),
    objective: { kind: 'squared' },
    hyperparameters: { l2: 1e9 },
    seed: 1,
  });
  expect(importance({ ...model, gains: [0] })).toEqual([{ feature: 'a', gain: 0 }]);
});
