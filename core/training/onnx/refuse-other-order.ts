import { lengthOf } from '../../data/features/columns.ts';
import { TrainingError } from '../../telemetry/errors.ts';
import type { Question } from '../tabular/question.ts';
import type { Examples } from '../tabular/tabular-method.ts';
import { readAnswers } from './answers.ts';
import { columnOrder } from './class-order.ts';
import type { OnnxModel } from './open-onnx.ts';

/** Examples that show the order well enough. */
const LOOKED_AT = 2000;

/**
 * Where a classifier names the class of each row beside its probabilities, sees whether its columns are in the order
 * that they are read in. One row proves nothing, for a model may choose otherwise than by the largest probability: by
 * a threshold, for instance, because a class is rare.
 * @throws TrainingError when they are not, or when the model knows a class that the target does not have.
 */
export async function refuseOtherOrder(
  { run, outputs }: OnnxModel,
  question: Question,
  { columns, target }: Examples,
): Promise<void> {
  const rows = Math.min(target.length, LOOKED_AT, ...columns.map(lengthOf));
  if (question.task === 'regression' || outputs.labels === undefined || rows === 0) return;
  const { classes } = question;
  const [values, labels] = await run(columns, rows, [outputs.values, outputs.labels]);
  const probabilities = classes.map(() => new Float64Array(rows));
  readAnswers(values, question, probabilities, { from: 0, to: rows });

  const called = Array.from({ length: rows }, (_, row) =>
    labelledClass(classes, labels?.data[row], labels?.type),
  );
  const exchanged = exchangedClasses(probabilities, called);
  if (exchanged === undefined) return;
  const [one, other] = exchanged.map(i => classes[i]);
  const order = columnOrder(classes).map(i => classes[i]);
  throw new TrainingError(
    `The columns of the model's output "${outputs.values}" are in another order than they are read in, which is ` +
      `${order.join(', ')}: the column of "${one}" fits where its output "${outputs.labels}" says "${other}", and the ` +
      `other way round. Export the model with its classes in this order.`,
  );
}

/**
 * Two classes whose columns would fit what rows are called better if they were exchanged; undefined where there are
 * none. Columns of a model that calls each row by its largest probability never would.
 */
function exchangedClasses(
  probabilities: readonly Float64Array[],
  called: readonly number[],
): readonly [number, number] | undefined {
  /** Mean of each column, by what rows are called; NaN for what none is. */
  const means = probabilities.map((_, label) =>
    probabilities.map(column => {
      const own = column.filter((_, row) => called[row] === label);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    }),
  );
  const mean = (label: number, column: number): number => means[label]?.[column] ?? Number.NaN;
  for (const one of probabilities.keys()) {
    for (let other = 0; other < one; other++) {
      const straight = mean(one, one) + mean(other, other);
      if (mean(one, other) + mean(other, one) > straight) return [other, one];
    }
  }
  return undefined;
}

/** The class that a model's label means: its text, or its number in the order of the columns. */
function labelledClass(classes: readonly string[], label: unknown, type: string | undefined): number {
  const text = type === 'bool' ? String(Boolean(label)) : String(label);
  const named = classes.indexOf(text);
  if (named >= 0) return named;
  const place = type === 'string' ? Number.NaN : Number(label);
  const counted = classes.every(name => !/^[+-]?\d+$/.test(name)) ? columnOrder(classes)[place] : undefined;
  if (counted !== undefined) return counted;
  throw new TrainingError(
    `The model answers a row with the class "${text.slice(0, 80)}", which the target does not have; its classes: ` +
      `${classes.join(', ')}.`,
  );
}
