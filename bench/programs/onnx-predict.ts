import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Column } from '../../core/data/features/columns.ts';
import { openOnnx } from '../../core/training/onnx/open-onnx.ts';
import type { Question } from '../../core/training/tabular/question.ts';
import { timed } from './timed.ts';

/** Predicts rows with an ONNX model, in columns or one by one. */
const [name = '', count = '', how] = process.argv.slice(2);
const rows = Number(count);

const numeric = (feature: string): Column => ({
  ...{
    kind: 'numeric',
    name: feature,
    values: Float64Array.from({ length: rows }, (_, i) => (i * 37) % 101),
  },
});
const categorical = (feature: string, ...categories: string[]): Column => ({
  ...{ kind: 'categorical', name: feature, categories },
  codes: Int32Array.from({ length: rows }, (_, i) => i % categories.length),
});

const MODELS: Record<string, { readonly question: Question; readonly columns: readonly Column[] }> = {
  // Ten trees of a random forest, over a matrix of three numbers.
  matrix: { question: { task: 'regression' }, columns: ['a', 'b', 'c'].map(numeric) },
  // One-hot encoding of two texts, scaling of a number, logistic regression: one input for each.
  late: {
    question: { task: 'classification', classes: ['false', 'true'] },
    columns: [
      numeric('distance'),
      categorical('hub', 'ams', 'ber', 'cdg', 'dub'),
      categorical('region', 'east', 'west'),
    ],
  },
};

const model = MODELS[name];
if (model === undefined) throw new Error(`There is no model "${name}" here`);
const { question, columns } = model;
const features = columns.map(column => ({
  ...{ name: column.name, kind: column.kind === 'numeric' ? ('number' as const) : ('category' as const) },
}));
const path = fileURLToPath(import.meta.resolve(`../../test/fixtures/onnx/${name}.onnx`));
const { predictor } = await openOnnx(readFileSync(path), { question, features });
await using opened = predictor;
if (how === 'batch') await timed(() => opened.predict(columns, rows));
else {
  const single = columns.map(
    (column): Column =>
      column.kind === 'numeric'
        ? { ...column, values: column.values.subarray(0, 1) }
        : { ...column, codes: column.codes.subarray(0, 1) },
  );
  await timed(async () => {
    for (let row = 0; row < rows; row++) await opened.predict(single, 1);
  });
}
