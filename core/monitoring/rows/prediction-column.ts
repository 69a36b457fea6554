import type { Column } from '../../data/features/columns.ts';
import { mostProbable } from '../../evaluation/tabular/most-probable.ts';
import type { Question } from '../../training/tabular/question.ts';

/**
 * What is looked at of predictions, as a column: a predicted number, the probability of the second of two classes, or
 * the most probable of several.
 * @param outputs As a predictor gives them.
 */
export function predictionColumn(question: Question, outputs: readonly Float64Array[], rows: number): Column {
  const [first = new Float64Array(0), second = new Float64Array(0)] = outputs;
  if (question.task === 'regression') return { kind: 'numeric', name: 'prediction', values: first };
  const { classes } = question;
  if (classes.length === 2) {
    return { kind: 'numeric', name: `probability of ${classes[1]}`, values: second };
  }
  return {
    kind: 'categorical',
    name: 'predicted class',
    categories: classes,
    codes: mostProbable(outputs, rows),
  };
}
