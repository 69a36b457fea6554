import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { broughtModel } from '../../../../core/training/onnx/brought-model.ts';
import { openOnnx } from '../../../../core/training/onnx/open-onnx.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';
import { featuresOf, modelBytes, numbers, REGRESSION } from './fixtures.ts';

/** What `libraries/generate.py` writes: models of real libraries, and what these themselves predict for some rows. */
const FOLDER = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'onnx', 'libraries');
const librarySchema = z.object({
  versions: z.record(z.string(), z.string()),
  features: z.array(z.string()),
  rows: z.array(z.array(z.number().nullable())),
  models: z.record(
    z.string(),
    z.object({
      predictions: z.array(z.array(z.number())),
      labels: z.array(z.string()).optional(),
      /** In the order of the probabilities. */
      classes: z.array(z.string()).optional(),
    }),
  ),
});

const libraryOf = (name: string) =>
  librarySchema.parse(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')));

const LIBRARIES = {
  lightgbm: ['regression', 'binary', 'binary-maps', 'texts-maps'],
  xgboost: ['regression', 'binary', 'numbers'],
  sklearn: ['trees', 'ridge', 'binary', 'binary-maps', 'numbers-maps', 'texts-maps'],
  catboost: ['regression', 'binary-maps', 'texts-maps'],
  torch: ['regression', 'torchscript', 'classes', 'binary'],
} as const;

describe.each(Object.entries(LIBRARIES))('models of %s answer as they do there', (name, models) => {
  const library = libraryOf(name);
  const columns = library.features.map((feature, i) =>
    numbers(feature, ...library.rows.map(row => row[i] ?? Number.NaN)),
  );
  const rows = library.rows.length;

  test('none is left out', () => expect(Object.keys(library.models).sort()).toEqual([...models].sort()));

  test.each(models)('%s', async model => {
    const expected = library.models[model];
    const bytes = modelBytes(join('libraries', `${name}-${model}`));
    const classes = expected?.classes?.toSorted();
    const question: Question = classes === undefined ? REGRESSION : { task: 'classification', classes };
    const train = { columns, target: new Float64Array(rows) };
    const hyperparameters = { file: 'model.onnx' };
    // Bringing it compares its labels with the order of its columns.
    await using brought = await broughtModel.fit({
      ...{ question, train, validation: train, seed: 1, hyperparameters, brought: bytes },
    });
    expect(brought.encode()).toBe(bytes);
    const answers = await brought.predict(columns, rows);
    const order = expected?.classes?.map(text => classes?.indexOf(text) ?? -1) ?? [0];
    expect(Array.from({ length: rows }, (_, row) => order.map(i => answers[i]?.[row]))).toEqual(
      expected?.predictions.map(row => row.map(value => expect.closeTo(value, 5))),
    );

    if (expected?.labels === undefined) return;
    const opened = await openOnnx(bytes, { question, features: featuresOf(columns) });
    await using _ = opened.predictor;
    const [labels] = await opened.run(columns, rows, [opened.outputs.labels ?? 'none']);
    expect(Array.from(labels?.data ?? [], String)).toEqual(expected.labels);
  });
});
