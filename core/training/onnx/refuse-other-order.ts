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
 * that they are read in: among the rows that it calls by one name, that class must be the most probable one on
 * average. One row proves nothing, since some models choose otherwise than by the largest probability.
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

  const sums = classes.map(() => classes.map(() => 0));
  for (let row = 0; row < rows; row++) {
    const sum = sums[labelledClass(classes, labels?.data[row], labels?.type)];
    for (const [i, column] of probabilities.entries()) {
      if (sum !== undefined) sum[i] = (sum[i] ?? 0) + (column[row] ?? 0);
    }
  }
  for (const [label, sum] of sums.entries()) {
    const most = sum.indexOf(Math.max(...sum));
    if ((sum[label] ?? 0) >= (sum[most] ?? 0)) continue;
    const order = columnOrder(classes).map(i => classes[i]);
    throw new TrainingError(
      `The columns of the model's output "${outputs.values}" are in another order than they are read in, which is ` +
        `${order.join(', ')}: where its output "${outputs.labels}" says "${classes[label]}", the column of ` +
        `"${classes[most]}" is the largest on average. Export the model with its classes in this order.`,
    );
  }
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
