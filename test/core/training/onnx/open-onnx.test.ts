import { describe, expect, test } from 'vitest';
import type { Column } from '../../../../core/data/features/columns.ts';
import { openOnnx } from '../../../../core/training/onnx/open-onnx.ts';
import { seededRandom } from '../../../../core/training/seeded-random.ts';
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

/** Answers row by row, as Python's are kept. */
async function answer(name: string, question: Question, columns: readonly Column[]): Promise<number[][]> {
  const { predictor } = await openOnnx(modelBytes(name), { question, features: featuresOf(columns) });
  await using model = predictor;
  const [first] = columns;
  const rows = first === undefined ? 0 : first.kind === 'numeric' ? first.values.length : first.codes.length;
  const outputs = await model.predict(columns, rows);
  return Array.from({ length: rows }, (_, row) => outputs.map(values => values[row] ?? Number.NaN));
}

const close = (expected: readonly (readonly number[])[] = []): unknown =>
  expected.map(row => row.map(value => expect.closeTo(value, 5)));

describe('models answer as they do in Python', () => {
  test('a pipeline over numbers and text, one input for each feature; a text that is missing is empty', async () => {
    expect(await answer('late', LATE, PARCELS)).toEqual(close(EXPECTED.late));
    expect(await answer('hours', REGRESSION, PARCELS)).toEqual(close(EXPECTED.hours));
  });

  test('more than two classes', async () => {
    const question: Question = { task: 'classification', classes: ['fast', 'slow', 'usual'] };
    expect(await answer('speed', question, PARCELS)).toEqual(close(EXPECTED.speed));
  });

  test('one matrix of all features, with a number missing', async () => {
    expect(await answer('matrix', REGRESSION, MATRIX)).toEqual(close(EXPECTED.matrix));
  });

  test('classes that are numbers: the model has them by value, the question by text', async () => {
    const question: Question = { task: 'classification', classes: ['10', '2', '9'] };
    const columns = [numbers('a', 4, 12, 14), numbers('b', 5, 20, 22), numbers('c', 1, -3, -9)];
    const byText = EXPECTED.numbered?.map(([two, nine, ten]) => [ten ?? 0, two ?? 0, nine ?? 0]);
    expect(await answer('numbered', question, columns)).toEqual(close(byText));
  });

  test('the probability of the second of two classes alone, from and to float64', async () => {
    const expected = EXPECTED.sigmoid?.map(([late = Number.NaN]) => [1 - late, late]);
    expect(await answer('sigmoid', LATE, [numbers('distance', 38, 40, 43)])).toEqual(close(expected));
    expect(expected?.[1]).toEqual([0.5, 0.5]);
  });

  test('whole numbers and truth values, whatever the order of the columns', async () => {
    const columns = [numbers('size', 1, 300), numbers('flag', 1, 0), numbers('count', 10, -20)];
    expect(await answer('whole', REGRESSION, columns)).toEqual([[12], [280]]);
    expect(EXPECTED.whole).toEqual([[12], [280]]);
  });

  test('columns of a request: another order, other categories, some unknown to the model', async () => {
    const [distance, hub, region] = PARCELS;
    if (distance === undefined || hub === undefined || region === undefined)
      throw new Error('PARCELS has three columns');
    const { predictor } = await openOnnx(modelBytes('late'), {
      question: LATE,
      features: featuresOf(PARCELS),
    });
    await using model = predictor;
    const asked = [
      texts('region', 'west', null),
      texts('hub', 'cdg', 'nowhere'),
      numbers('distance', 50, 70),
    ];
    const [, late] = await model.predict(asked, 2);
    expect([...(late ?? [])]).toEqual(
      [EXPECTED.late?.[1]?.[1], EXPECTED.late?.[4]?.[1]].map(p => expect.closeTo(p ?? 0, 5)),
    );
  });
});

test('rows beyond one batch answer as they do alone; no rows, no answers', async () => {
  const rows = 25_000;
  const values = Array.from({ length: rows }, (_, i) => (i * 7) % 103);
  const columns = [numbers('a', ...values), numbers('b', ...values.toReversed()), numbers('c', ...values)];
  const { predictor } = await openOnnx(modelBytes('matrix'), {
    question: REGRESSION,
    features: featuresOf(columns),
  });
  await using model = predictor;
  const [all] = await model.predict(columns, rows);
  for (const row of [0, 9_999, 10_000, 19_999, 20_000, 24_999]) {
    const alone = columns.map(column =>
      numbers(column.name, column.kind === 'numeric' ? (column.values[row] ?? 0) : 0),
    );
    expect(await model.predict(alone, 1)).toEqual([Float64Array.of(all?.[row] ?? Number.NaN)]);
  }
  expect(await model.predict(columns, 0)).toEqual([new Float64Array(0)]);
  // Of many rows, each answer must be written: none is left at zero by accident.
  expect(all?.filter(value => value === 0)).toHaveLength(0);
});

test('two models side by side, and a model after another was released', async () => {
  const open = async (name: string, columns: readonly Column[]) =>
    (await openOnnx(modelBytes(name), { question: REGRESSION, features: featuresOf(columns) })).predictor;
  const [hours, matrix] = await Promise.all([open('hours', PARCELS), open('matrix', MATRIX)]);
  const answers = await Promise.all([
    hours.predict(PARCELS, 5),
    matrix.predict(MATRIX, 4),
    hours.predict(PARCELS, 5),
  ]);
  await hours[Symbol.asyncDispose]();
  expect(await matrix.predict(MATRIX, 4)).toEqual(answers[1]);
  expect(answers[2]).toEqual(answers[0]);
  expect([...(answers[0]?.[0] ?? [])]).toEqual(
    EXPECTED.hours?.map(([value = 0]) => expect.closeTo(value, 5)),
  );
  await matrix[Symbol.asyncDispose]();
});

/** The name of what an attempt to use a model ends with. */
async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    const { predictor } = await openOnnx(bytes, { question: REGRESSION, features: featuresOf(MATRIX) });
    await using model = predictor;
    await model.predict(MATRIX, 4);
    return 'answers';
  } catch (error) {
    return error instanceof Error ? error.name : 'nothing';
  }
}

describe('bytes that are no model are refused under a name', () => {
  const open = (bytes: Uint8Array) => openOnnx(bytes, { question: REGRESSION, features: featuresOf(MATRIX) });

  test.each([
    ['a truncated file', modelBytes('truncated'), 'protobuf parsing failed'],
    ['an empty file', new Uint8Array(0), 'These 0 bytes are no ONNX model'],
    ['text', Buffer.from('this is no model'), 'protobuf parsing failed'],
    [
      'an operator that the runtime lacks',
      modelBytes('operator'),
      'com.example:Clairvoyance(-1) is not a registered function/op.',
    ],
    ['operators of a version to come', modelBytes('opset'), 'run: ONNX Runtime only *guarantees* support'],
  ])('%s', async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(message);
    await expect(open(bytes)).rejects.toMatchObject({ name: 'ModelFormatError' });
  });

  test('a model that was cut short anywhere, or has other bytes, fails by name or answers', async () => {
    const whole = modelBytes('matrix');
    for (let i = 1; i <= 40; i++) {
      const cut = whole.slice(0, Math.floor((whole.length * i) / 41));
      await expect(open(cut)).rejects.toMatchObject({
        name: expect.stringMatching(/^(ModelFormat|Training)Error$/),
      });
    }
    const random = seededRandom(7);
    const outcomes = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const other = Uint8Array.from(whole);
      other[Math.floor(random() * other.length)] = Math.floor(random() * 256);
      outcomes.add(await outcomeOf(other));
    }
    expect([...outcomes].sort()).toEqual(['ModelFormatError', 'PredictionError', 'answers']);
    // The runtime is sound after all of that.
    expect(await answer('matrix', REGRESSION, MATRIX)).toEqual(close(EXPECTED.matrix));
  });
});

describe('what a model answers is looked at', () => {
  const a = (...values: number[]) => ['a', 'b', 'c'].map(name => numbers(name, ...values));

  test('a value that is not finite, by its row', async () => {
    await expect(answer('logarithm', REGRESSION, a(1, 5, -2))).rejects.toThrow(
      'The model answers row 3 with NaN, which is no finite number.',
    );
    await expect(answer('logarithm', REGRESSION, a(1, 0))).rejects.toThrow('row 2 with -Infinity');
    expect(await answer('logarithm', REGRESSION, a(1, 2))).toEqual([
      [expect.closeTo(Math.log(3), 5)],
      [expect.closeTo(Math.log(6), 5)],
    ]);
  });

  test('fewer answers than rows', async () => {
    await expect(answer('total', REGRESSION, a(1, 2, 3))).rejects.toThrow(
      'The model answers 3 rows with values of the shape [1, 1]; each row needs 1.',
    );
  });

  test('scores that are no probabilities', async () => {
    const three: Question = { task: 'classification', classes: ['x', 'y', 'z'] };
    await expect(
      answer('wide', three, [numbers('a', 0.2, 3), numbers('b', 0.5, 1), numbers('c', 0.3, -1)]),
    ).rejects.toThrow(
      'The model answers row 2 with 3, 1, -1, which are no probabilities: each must be between 0 and 1, and their sum 1.',
    );
    await expect(
      answer('wide', three, [numbers('a', 0.2), numbers('b', 0.5), numbers('c', 0.5)]),
    ).rejects.toThrow('row 1 with 0.2, 0.5, 0.5, which are no probabilities');
    expect(await answer('wide', three, [numbers('a', 0.25), numbers('b', 0.5), numbers('c', 0.25)])).toEqual([
      [0.25, 0.5, 0.25],
    ]);
  });

  test.each([
    [
      'a number that is missing',
      [Number.NaN, 1, 1],
      'The feature "count" has no value in row 1; the model\'s input takes whole numbers from -9007199254740991',
    ],
    ['a fraction', [1.5, 1, 1], 'The feature "count" is 1.5 in row 1'],
    [
      'a truth value that is neither',
      [1, 2, 1],
      'The feature "flag" is 2 in row 1; the model\'s input takes whole numbers from 0 to 1 only',
    ],
    ['a number that is too large', [1, 1, 2 ** 31], 'The feature "size" is 2147483648 in row 1'],
  ])('%s where the model takes whole numbers', async (_, [count = 0, flag = 0, size = 0], message) => {
    const columns = [numbers('count', count), numbers('flag', flag), numbers('size', size)];
    await expect(answer('whole', REGRESSION, columns)).rejects.toThrow(message);
    await expect(answer('whole', REGRESSION, columns)).rejects.toMatchObject({ name: 'PredictionError' });
  });
});
