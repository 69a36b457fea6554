import { describe, expect, test } from 'vitest';
import { planInputs, planOutputs, type Slot, widthsOf } from '../../../../core/training/onnx/signature.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';
import { LATE, REGRESSION } from './fixtures.ts';

/** How the runtime tells a size that is open. */
const OPEN = 0xffffffff;
type Type = Extract<Slot, { isTensor: true }>['type'];
const slot = (name: string, type: Type, ...shape: (number | string)[]): Slot => ({
  name,
  isTensor: true,
  type,
  shape,
});
const maps = (name: string): Slot => ({ name, isTensor: false });

const DISTANCE = { name: 'distance', kind: 'number' } as const;
const HOUR = { name: 'hour', kind: 'number' } as const;
const HUB = { name: 'hub', kind: 'category' } as const;

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && error.name === 'TrainingError') return error.message;
    throw error;
  }
  throw new Error('It was not refused');
};

describe('inputs', () => {
  test('one matrix has the features in the order of the spec', () => {
    const plan = { name: 'X', type: 'float32', features: ['distance', 'hour'], rank: 2 };
    expect(planInputs([slot('X', 'float32', OPEN, 2)], [DISTANCE, HOUR])).toEqual([plan]);
    expect(planInputs([slot('X', 'float32', 'batch', 'features')], [DISTANCE, HOUR])).toEqual([plan]);
    expect(planInputs([slot('X', 'float32', -1, -1)], [DISTANCE, HOUR])).toEqual([plan]);
    expect(planInputs([slot('X', 'string', OPEN, 1)], [HUB])).toEqual([
      { name: 'X', type: 'string', features: ['hub'], rank: 2 },
    ]);
  });

  test('one input for each feature, in any order', () => {
    expect(
      planInputs([slot('hub', 'string', OPEN, 1), slot('distance', 'int64', 'N')], [DISTANCE, HUB]),
    ).toEqual([
      { name: 'hub', type: 'string', features: ['hub'], rank: 2 },
      { name: 'distance', type: 'int64', features: ['distance'], rank: 1 },
    ]);
    expect(planInputs([slot('distance', 'float64', OPEN, 1)], [DISTANCE])).toEqual([
      { name: 'distance', type: 'float64', features: ['distance'], rank: 2 },
    ]);
  });

  test.each<[string, Slot[], string]>([
    [
      'another number of features',
      [slot('X', 'float32', OPEN, 4)],
      'input "X" takes 4 features, the spec has 3',
    ],
    [
      'text in a matrix of numbers',
      [slot('X', 'float32', OPEN, 3)],
      'input "X" of type float32 cannot take "hub", a category; models of both numbers and text need an input for each feature',
    ],
    [
      'numbers in a matrix of text',
      [slot('X', 'string', OPEN, 3)],
      'input "X" of type string cannot take "distance", a number, "hour", a number;',
    ],
    [
      'one row at a time',
      [slot('X', 'float64', 1, 3)],
      'input "X" takes exactly 1 rows at a time; export the model with a dynamic batch',
    ],
    [
      'inputs that are no features, and features without input',
      [slot('distance', 'float32', OPEN, 1), slot('speed', 'float32', OPEN, 1)],
      'input "speed" is no feature; there is no input for "hour", "hub"',
    ],
    [
      'the input of one feature alone',
      [slot('distance', 'float32', OPEN, 1)],
      'there is no input for "hour", "hub"',
    ],
    [
      'types that do not fit',
      [slot('distance', 'string', OPEN, 1), slot('hour', 'float16', OPEN, 1), slot('hub', 'int64', OPEN, 1)],
      'input "distance" has type string; a number needs float32, float64, int64, int32, bool; input "hour" has type ' +
        'float16; a number needs float32, float64, int64, int32, bool; input "hub" has type int64; a category needs string',
    ],
    [
      'several values for each row',
      [slot('distance', 'float32', OPEN, 2), slot('hour', 'float32', OPEN, 1, 1), slot('hub', 'string')],
      'input "distance" must have one value for each row; input "hour" must have one value for each row; input "hub" must',
    ],
    [
      'one row at a time, by feature',
      [slot('distance', 'float32', 1, 1), slot('hour', 'float32', OPEN, 1), slot('hub', 'string', OPEN)],
      'input "distance" takes exactly 1 rows',
    ],
    ['an image', [slot('pixels', 'float32', OPEN, 3, 224, 224)], 'input "pixels" is no feature'],
    [
      'a list of maps',
      [maps('distance'), slot('hour', 'float32', OPEN, 1), slot('hub', 'string', OPEN)],
      'input "distance" is no tensor',
    ],
    ['nothing', [], 'there is no input for "distance", "hour", "hub"'],
  ])('refuses %s', (_, inputs, message) => {
    const said = refusal(() => planInputs(inputs, [DISTANCE, HOUR, HUB]));
    expect(said).toContain(message);
    expect(said).toContain('Features of the spec: "distance" (number), "hour" (number), "hub" (category).');
  });

  test('names of a model are shown as text, and not at any length', () => {
    const said = refusal(() =>
      planInputs([slot(`a"\n${'x'.repeat(5000)}`, 'float32', OPEN, 1)], [DISTANCE, HOUR]),
    );
    expect(said).toContain('"a\\"\\nxxx');
    expect(said.length).toBeLessThan(500);
  });
});

describe('outputs', () => {
  const speeds: Question = { task: 'classification', classes: ['fast', 'slow', 'usual'] };
  test.each<[string, Slot[], Question, object]>([
    ['a column', [slot('variable', 'float32', OPEN, 1)], REGRESSION, { values: 'variable' }],
    ['a list', [slot('Y', 'float64', 'N')], REGRESSION, { values: 'Y' }],
    ['a shape that is not declared', [slot('Y', 'float32')], REGRESSION, { values: 'Y' }],
    [
      'labels and probabilities',
      [slot('label', 'string', OPEN), slot('probabilities', 'float32', OPEN, 3)],
      speeds,
      { values: 'probabilities', labels: 'label' },
    ],
    [
      'labels of another shape',
      [slot('label', 'int64', OPEN, 1), slot('p', 'float32', OPEN, OPEN)],
      speeds,
      { values: 'p', labels: 'label' },
    ],
    ['two classes in one column', [slot('p', 'float32', OPEN, 1)], LATE, { values: 'p' }],
    [
      'probabilities beside scores',
      [slot('scores', 'float32', OPEN, 3), slot('probabilities', 'float32', OPEN, 3)],
      speeds,
      { values: 'probabilities' },
    ],
  ])('%s', (_, outputs, question, plan) => {
    expect(planOutputs(outputs, question.task, widthsOf(question))).toEqual(plan);
  });

  test.each<[string, Slot[], Question, string]>([
    [
      'an output that is no tensor',
      [slot('output_label', 'string', OPEN), maps('output_probability')],
      LATE,
      'what is no tensor cannot be read. Its outputs: "output_label" (string [rows]), "output_probability" (no tensor).',
    ],
    [
      'labels alone',
      [slot('label', 'int64', OPEN)],
      LATE,
      'a classification needs one of type float32 or float64',
    ],
    [
      'two numbers',
      [slot('mean', 'float32', OPEN, 1), slot('deviation', 'float32', OPEN, 1)],
      REGRESSION,
      'a regression needs one of floating-point numbers. Its outputs: "mean" (float32 [rows, 1]), "deviation"',
    ],
    [
      'other classes',
      [slot('probabilities', 'float32', OPEN, 2)],
      speeds,
      'output "probabilities" must have 3 values for each row',
    ],
    [
      'the classes of a classification for a regression',
      [slot('probabilities', 'float32', OPEN, 2)],
      REGRESSION,
      'must have 1 values for each row',
    ],
    [
      'a block for each row',
      [slot('Y', 'float32', OPEN, 1, 1)],
      REGRESSION,
      'output "Y" must have 1 values for each row',
    ],
    ['nothing', [], REGRESSION, 'Its outputs: none.'],
  ])('refuses %s', (_, outputs, question, message) => {
    expect(refusal(() => planOutputs(outputs, question.task, widthsOf(question)))).toContain(message);
  });

  test('of classes that nobody knows yet, any number will do', () => {
    const label = slot('label', 'string', OPEN);
    const plan = { values: 'p', labels: 'label' };
    expect(planOutputs([label, slot('p', 'float32', OPEN, 7)], 'classification', undefined)).toEqual(plan);
    expect(
      refusal(() => planOutputs([slot('p', 'float32', OPEN, 7, 2)], 'classification', undefined)),
    ).toContain('output "p" must have a plain list of values for each row');
  });
});
