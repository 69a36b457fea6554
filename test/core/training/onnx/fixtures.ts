import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Column } from '../../../../core/data/features/columns.ts';
import type { Question } from '../../../../core/training/tabular/question.ts';
import type { Subject } from '../../../../core/training/tabular/tabular-method.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'onnx');

/** Path of a model that `generate.py` wrote. */
export const modelPath = (name: string): string => join(FOLDER, `${name}.onnx`);
export const modelBytes = (name: string): Uint8Array => readFileSync(modelPath(name));

/** What ONNX Runtime answered in Python, by model: one list for each row. */
export const EXPECTED = z
  .record(z.string(), z.array(z.array(z.number())))
  .parse(JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')));

export const numbers = (name: string, ...values: number[]): Column => ({
  ...{ kind: 'numeric', name, values: Float64Array.from(values) },
});

/** A column of texts; null is missing. Its categories are sorted, as those of a dataset. */
export function texts(name: string, ...values: (string | null)[]): Column {
  const categories = [...new Set(values.filter(value => value !== null))].sort();
  const codes = Int32Array.from(values, value => (value === null ? -1 : categories.indexOf(value)));
  return { kind: 'categorical', name, codes, categories };
}

export const featuresOf = (columns: readonly Column[]): Subject['features'] =>
  columns.map(({ name, kind }) => ({ name, kind: kind === 'numeric' ? 'number' : 'category' }));

/** The rows of `expected.json` for the models about parcels. */
export const PARCELS: readonly Column[] = [
  numbers('distance', 3, 50, 99, 41.5, 70),
  texts('hub', 'ams', 'cdg', 'dub', 'ber', 'jfk'),
  texts('region', 'east', 'west', 'west', 'east', null),
];

/** Those for the model of one matrix. */
export const MATRIX: readonly Column[] = [
  numbers('a', 1, 7, 0.5, -4),
  numbers('b', 2, Number.NaN, 3.25, 100),
  numbers('c', 3, 0, 6, 2),
];

export const LATE: Question = { task: 'classification', classes: ['false', 'true'] };
export const REGRESSION: Question = { task: 'regression' };
