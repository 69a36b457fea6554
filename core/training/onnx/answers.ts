import type { Tensor } from 'onnxruntime-web';
import { PredictionError } from '../../telemetry/errors.ts';
import type { Question } from '../tabular/question.ts';
import { columnOrder } from './class-order.ts';
import { widthsOf } from './signature.ts';

/** How far probabilities of float32 arithmetic may miss 1 together; other numbers miss it by far. */
const TOLERANCE = 1e-3;

/**
 * Writes what a model answered for some rows into the columns of the question.
 * @param into For a regression one column, for a classification one for each class.
 * @param from Row of the columns that the first answered row is.
 * @throws PredictionError when an answer is not finite, not one for each row, or no probability.
 */
export function readAnswers(
  answers: Pick<Tensor, 'data' | 'dims'> | undefined,
  question: Question,
  into: readonly Float64Array[],
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const rows = to - from;
  const { data, dims } = answers ?? { data: [], dims: [0] };
  const width = data.length / rows;
  if ((dims[0] ?? 1) !== rows || !widthsOf(question).includes(width)) {
    throw new PredictionError(
      `The model answers ${rows} rows with values of the shape [${dims.join(', ')}]; each row needs ` +
        `${widthsOf(question).join(' or ')}.`,
    );
  }
  const order = question.task === 'classification' ? columnOrder(question.classes) : [0];
  for (let row = 0; row < rows; row++) {
    const values = Array.from({ length: width }, (_, i) => finite(data[row * width + i], from + row));
    const answer = question.task === 'classification' ? probabilitiesOf(values, from + row) : values;
    for (const [i, value] of answer.entries()) {
      const column = into[order[i] ?? -1];
      if (column !== undefined) column[from + row] = value;
    }
  }
}

function finite(value: unknown, row: number): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new PredictionError(
    `The model answers row ${row + 1} with ${String(value)}, which is no finite number.`,
  );
}

/** One probability for each class; a lone one is that of the second of two. */
function probabilitiesOf(values: readonly number[], row: number): number[] {
  const [positive = Number.NaN] = values;
  const all = values.length === 1 ? [1 - positive, positive] : values;
  const sum = all.reduce((total, value) => total + value, 0);
  if (all.every(value => value >= -TOLERANCE && value <= 1 + TOLERANCE) && Math.abs(sum - 1) <= TOLERANCE) {
    return all.map(value => Math.min(Math.max(value, 0), 1));
  }
  throw new PredictionError(
    `The model answers row ${row + 1} with ${values.map(value => Number(value.toPrecision(4))).join(', ')}, which are ` +
      'no probabilities: each must be between 0 and 1, and their sum 1. Export it with the layer that makes ' +
      'probabilities of scores, such as softmax.',
  );
}
