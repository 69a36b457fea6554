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
export function feedsOf(
  plans: readonly InputPlan[],
  columns: readonly Column[],
  { from, to }: Range,
  TensorOf: typeof Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(
    plans.map(plan => {
      const width = plan.features.length;
      const values = valuesFor(plan, (to - from) * width);
      for (const [at, name] of plan.features.entries()) {
        const column = columnOf(columns, name);
        for (let row = from; row < to; row++) values.put((row - from) * width + at, column, row);
      }
      const dims = plan.rank === 1 ? [to - from] : [to - from, width];
      return [plan.name, values.tensor(TensorOf, dims)];
    }),
  );
}

function columnOf(columns: readonly Column[], name: string): Column {
  const column = columns.find(one => one.name === name);
  if (column === undefined) throw new PredictionError(`There is no feature "${name}" to predict from.`);
  return column;
}

/** The values of a tensor in the making. */
interface Values {
  put(at: number, column: Column, row: number): void;
  tensor(TensorOf: typeof Tensor, dims: number[]): Tensor;
}

function valuesFor({ type }: InputPlan, length: number): Values {
  switch (type) {
    case 'float32': {
      const data = new Float32Array(length);
      return {
        put: (at, column, row) => {
          data[at] = numberOf(column, row);
        },
        tensor: (TensorOf, dims) => new TensorOf(type, data, dims),
      };
    }
    case 'float64': {
      const data = new Float64Array(length);
      return {
        put: (at, column, row) => {
          data[at] = numberOf(column, row);
        },
        tensor: (TensorOf, dims) => new TensorOf(type, data, dims),
      };
    }
    case 'int64': {
      const data = new BigInt64Array(length);
      return {
        put: (at, column, row) => {
          data[at] = BigInt(wholeOf(column, row, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
        },
        tensor: (TensorOf, dims) => new TensorOf(type, data, dims),
      };
    }
    case 'int32': {
      const data = new Int32Array(length);
      return {
        put: (at, column, row) => {
          data[at] = wholeOf(column, row, -(2 ** 31), 2 ** 31 - 1);
        },
        tensor: (TensorOf, dims) => new TensorOf(type, data, dims),
      };
    }
    case 'bool': {
      const data = new Uint8Array(length);
      return {
        put: (at, column, row) => {
          data[at] = wholeOf(column, row, 0, 1);
        },
        tensor: (TensorOf, dims) => new TensorOf(type, data, dims),
      };
    }
    case 'string': {
      const data = new Array<string>(length).fill('');
      return {
        put: (at, column, row) => {
          data[at] = textOf(column, row);
        },
        tensor: (TensorOf, dims) => new TensorOf(type, data, dims),
      };
    }
  }
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
