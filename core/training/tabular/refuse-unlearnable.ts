import { type Column, lengthOf } from '../../data/features/columns.ts';
import { TrainingError } from '../../telemetry/errors.ts';
import type { Question } from './question.ts';
import type { Examples, Lesson } from './tabular-method.ts';

/**
 * Refuses what features cannot teach, in words that say why: a model of it would be the baseline under another name,
 * or, where a feature is the target, look perfect and be worthless once the target is not known yet.
 * @throws TrainingError
 */
export function refuseUnlearnable({ question, train }: Pick<Lesson, 'question' | 'train'>): void {
  const rows = train.target.length;
  if (train.target.every(value => value === train.target[0])) {
    const value = describeTarget(question, train.target[0]);
    throw new TrainingError(
      `The target is ${value} in all ${rows} examples of the train part, so there is nothing to learn.`,
    );
  }
  if (train.columns.every(isMissing)) {
    const names = train.columns.map(({ name }) => name).join(', ');
    throw new TrainingError(
      `No feature has a value in any of the ${rows} examples of the train part (${names}). Look at examples.features, ` +
        'and at the joins that they need.',
    );
  }
  const copy = train.columns.find(column => isTarget(column, question, train));
  if (copy !== undefined) {
    throw new TrainingError(
      `The feature "${copy.name}" is the target: it tells it exactly in all ${rows} examples of the train part. It will ` +
        'not be known when predictions are needed; leave it out.',
    );
  }
}

const describeTarget = (question: Question, value = Number.NaN): string =>
  question.task === 'classification' ? `"${question.classes[value]}"` : String(value);

const isMissing = (column: Column): boolean =>
  column.kind === 'numeric' ? column.values.every(Number.isNaN) : column.codes.every(code => code < 0);

/**
 * Whether a feature is the target under another name: of a regression, equal in every example; of a classification,
 * one value for each class and no other.
 */
function isTarget(column: Column, question: Question, { target }: Examples): boolean {
  if (lengthOf(column) !== target.length) return false;
  if (question.task === 'regression') {
    return column.kind === 'numeric' && column.values.every((value, i) => value === target[i]);
  }
  const values = column.kind === 'numeric' ? column.values : column.codes;
  const [classOf, valueOfClass] = [new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < target.length; i++) {
    const value = values[i] ?? Number.NaN;
    const label = target[i] ?? Number.NaN;
    if ((classOf.get(value) ?? label) !== label) return false;
    // A Map takes NaN for equal to itself, so a missing value may stand for a class as well.
    const known = valueOfClass.get(label);
    if (known !== undefined && !Object.is(known, value)) return false;
    classOf.set(value, label);
    valueOfClass.set(label, value);
  }
  return true;
}
