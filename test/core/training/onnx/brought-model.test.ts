import { describe, expect, test } from 'vitest';
import type { Column } from '../../../../core/data/features/columns.ts';
import { broughtModel } from '../../../../core/training/onnx/brought-model.ts';
import { columnOrder } from '../../../../core/training/onnx/class-order.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';
import {
  EXPECTED,
  featuresOf,
  LATE,
  MATRIX,
  modelBytes,
  numbers,
  PARCELS,
  REGRESSION,
  texts,
} from './fixtures.ts';

/** Brings a model to a training part whose target is of no interest. */
function bring(name: string | undefined, question: Question, columns: readonly Column[], rows: number) {
  const train = { columns, target: new Float64Array(rows) };
  return broughtModel.fit({
    ...{ question, train, validation: train, seed: 1, hyperparameters: { file: `${name}.onnx` } },
    ...(name !== undefined && { brought: modelBytes(name) }),
  });
}

test('the artifact is the file, and answers as the model does', async () => {
  await using model = await bring('matrix', REGRESSION, MATRIX, 4);
  expect(model.encode()).toEqual(modelBytes('matrix'));
  expect(model.importance()).toEqual([]);
  const subject = { question: REGRESSION, features: featuresOf(MATRIX) };
  await using stored = await broughtModel.decode(model.encode(), subject);
  expect(await stored.predict(MATRIX, 4)).toEqual(await model.predict(MATRIX, 4));
});

test('a file that is not there is missed by its name', async () => {
  await expect(bring(undefined, REGRESSION, MATRIX, 4)).rejects.toThrow(
    'When the dataset was built, there was no "undefined.onnx" in the model\'s folder under brought/',
  );
});

describe('where the model names the classes, the order of its columns is compared', () => {
  test('an order that agrees passes', async () => {
    await using late = await bring('late', LATE, PARCELS, 5);
    const [, positive] = await late.predict(PARCELS, 5);
    expect(positive?.[2]).toBeCloseTo(EXPECTED.late?.[2]?.[1] ?? 0, 5);
  });

  test('one that does not is refused, with what was expected', async () => {
    await expect(bring('swapped', LATE, PARCELS, 5)).rejects.toThrow(
      'The columns of the model\'s output "probabilities" are in another order than they are read in, which is false, ' +
        'true: the column of "false" fits where its output "label" says "true", and the other way round.',
    );
  });

  test('a model that calls rows by a threshold is no such model', async () => {
    const columns = [numbers('distance', 10, 40, 60, 100)];
    await using model = await bring('threshold', LATE, columns, 4);
    const [, late] = await model.predict(columns, 4);
    expect([...(late ?? [])].map(p => Number(p.toFixed(4)))).toEqual([0.04, 0.16, 0.24, 0.4]);
  });

  test('classes that the target does not have are refused', async () => {
    const question: Question = { task: 'classification', classes: ['early', 'late'] };
    await expect(bring('late', question, PARCELS, 5)).rejects.toThrow(
      /^The model answers a row with the class "(true|false)", which the target does not have; its classes: early, late\.$/,
    );
  });

  test('labels that are numbers mean classes that are numbers', async () => {
    const columns = [numbers('a', 4, 12, 14), numbers('b', 5, 20, 22), numbers('c', 1, -3, -9)];
    await using model = await bring(
      'numbered',
      { task: 'classification', classes: ['10', '2', '9'] },
      columns,
      3,
    );
    expect(await model.predict(columns, 3)).toHaveLength(3);
    const others: Question = { task: 'classification', classes: ['10', '2', '3'] };
    await expect(bring('numbered', others, columns, 3)).rejects.toThrow(
      'with the class "9", which the target does not have',
    );
  });

  test('or else the places of the columns', async () => {
    await using encoded = await bring('encoded', LATE, PARCELS, 5);
    const [, positive] = await encoded.predict(PARCELS, 5);
    expect([...(positive ?? [])]).toEqual(EXPECTED.encoded?.map(([, late = 0]) => expect.closeTo(late, 5)));
  });
});

test('a model that cannot answer the training part fails in training', async () => {
  const columns = [texts('hub', 'ams'), texts('region', 'east'), texts('distance', 'far')];
  await expect(bring('late', LATE, columns, 1)).rejects.toThrow(
    'input "distance" has type float32; a category needs string',
  );
});

test.each([
  [
    ['false', 'true'],
    [0, 1],
  ],
  [
    ['10', '2', '9'],
    [1, 2, 0],
  ],
  [
    ['-1', '0', '1.5'],
    [0, 1, 2],
  ],
  [
    ['', '1', '2'],
    [0, 1, 2],
  ],
  [
    ['1', '10', '2', 'x'],
    [0, 1, 2, 3],
  ],
])('the columns of the classes %j are %j', (classes, order) => {
  expect(columnOrder(classes)).toEqual(order);
});
