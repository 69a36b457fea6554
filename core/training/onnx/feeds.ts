import type { Tensor } from 'onnxruntime-web';
import type { Column } from '../../data/features/columns.ts';
import { PredictionError } from '../../telemetry/errors.ts';
import type { InputPlan } from './signature.ts';

/** Rows of the columns that go into a model together, half open. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Features as the tensors that a model takes. A missing number is NaN and a missing text is empty, as data frames have
 * them; where an input is of whole numbers or of truth values, there is none.
 * @throws PredictionError when a value cannot be said in the type of its input.
 */
export const feedsOf = (
  plans: readonly InputPlan[],
  columns: readonly Column[],
  range: Range,
  TensorOf: typeof Tensor,
): Record<string, Tensor> =>
  Object.fromEntries(plans.map(plan => [plan.name, tensorOf(plan, columns, range, TensorOf)]));

function tensorOf(
  { type, features, rank }: InputPlan,
  columns: readonly Column[],
  { from, to }: Range,
  TensorOf: typeof Tensor,
): Tensor {
  const width = features.length;
  const size = (to - from) * width;
  const dims = rank === 1 ? [to - from] : [to - from, width];
  /** Row by row, each with its features side by side. */
  const fill = <V, T extends Filled<V>>(data: T, read: (column: Column, row: number) => V): T => {
    const values: Filled<V> = data;
    for (const [at, name] of features.entries()) {
      const column = columnOf(columns, name);
      for (let row = from; row < to; row++) values[(row - from) * width + at] = read(column, row);
    }
    return data;
  };
  switch (type) {
    case 'float32':
      return new TensorOf(type, fill(new Float32Array(size), numberOf), dims);
    case 'float64':
      return new TensorOf(type, fill(new Float64Array(size), numberOf), dims);
    case 'int64':
      return new TensorOf(type, fill(new BigInt64Array(size), safeIntegerOf), dims);
    case 'int32':
      return new TensorOf(type, fill(new Int32Array(size), int32Of), dims);
    case 'bool':
      return new TensorOf(type, fill(new Uint8Array(size), truthOf), dims);
    case 'string':
      return new TensorOf(type, fill(new Array<string>(size), textOf), dims);
  }
}

/** What takes values by their place. */
interface Filled<V> {
  [at: number]: V;
}

function columnOf(columns: readonly Column[], name: string): Column {
  const column = columns.find(one => one.name === name);
  if (column === undefined) throw new PredictionError(`There is no feature "${name}" to predict from.`);
  return column;
}

function numberOf(column: Column, row: number): number {
  if (column.kind !== 'numeric') throw new PredictionError(`The feature "${column.name}" is no number.`);
  return column.values[row] ?? Number.NaN;
}

function textOf(column: Column, row: number): string {
  if (column.kind !== 'categorical') throw new PredictionError(`The feature "${column.name}" is no text.`);
  return column.categories[column.codes[row] ?? -1] ?? '';
}

function wholeOf(column: Column, row: number, min: number, max: number): number {
  const value = numberOf(column, row);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const found = Number.isNaN(value) ? 'has no value' : `is ${value}`;
  throw new PredictionError(
    `The feature "${column.name}" ${found} in row ${row + 1}; the model's input takes whole numbers from ${min} to ` +
      `${max} only. Export the model with a float32 input, or give the feature such a value.`,
  );
}

const safeIntegerOf = (column: Column, row: number): bigint =>
  BigInt(wholeOf(column, row, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
const int32Of = (column: Column, row: number): number => wholeOf(column, row, -(2 ** 31), 2 ** 31 - 1);
const truthOf = (column: Column, row: number): number => wholeOf(column, row, 0, 1);
