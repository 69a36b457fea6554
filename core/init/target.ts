import { InferenceError } from '../telemetry/errors.ts';
import type { ColumnFacts, SampleFacts } from './column-facts.ts';
import { counted, shown } from './names.ts';

/** What is predicted of each row of a table. */
export interface Target {
  readonly sample: SampleFacts;
  readonly column: ColumnFacts;
  readonly task: 'regression' | 'classification';
  readonly why: string;
}

/** Text with more values than these names things rather than classes. */
const MOST_CLASSES = 30;

/** Fewer rows with a target are no examples to learn from, validate and test on. */
const LEAST_EXAMPLES = 50;

/**
 * The column to predict, and what kind of question it is.
 * @param wanted Its name, with the table in front where several have it: `price` or `houses.price`.
 * @throws InferenceError when there is no such column, or nothing of it can be predicted.
 */
export function findTarget(samples: readonly SampleFacts[], wanted: string): Target {
  const all = samples.flatMap(sample => sample.facts.map(column => ({ sample, column })));
  const named = all.filter(
    ({ sample, column }) => column.name === wanted || `${sample.table}.${column.name}` === wanted,
  );
  const [found, ...others] = named;
  if (found === undefined) {
    const known = all.slice(0, 20).map(({ sample, column }) => `${sample.table}.${column.name}`);
    throw new InferenceError(
      `There is no column ${shown(wanted)}. Columns: ${known.map(shown).join(', ')}${all.length > 20 ? ' and others' : ''}.`,
    );
  }
  if (others.length > 0) {
    const tables = named.map(({ sample }) => `${sample.table}.${wanted}`);
    throw new InferenceError(
      `Several tables have a column ${shown(wanted)}; say which: ${tables.map(shown).join(' or ')}.`,
    );
  }
  return targetOf(found.sample, found.column);
}

/**
 * A column as what is to be predicted.
 * @throws InferenceError when nothing of it can be predicted.
 */
export const targetOf = (sample: SampleFacts, column: ColumnFacts): Target => ({
  ...{ sample, column },
  ...questionOf(column),
});

function questionOf(column: ColumnFacts): Pick<Target, 'task' | 'why'> {
  const { name, type, distinct, rows, missing } = column;
  const values = rows - missing;
  if (values < LEAST_EXAMPLES) {
    throw new InferenceError(
      `${shown(name)} has a value in ${counted(values, 'row')} of the sample; ${LEAST_EXAMPLES} at least are needed.`,
    );
  }
  if (distinct < 2) {
    throw new InferenceError(
      `${shown(name)} has the same value in every row, so there is nothing to predict.`,
    );
  }
  switch (type) {
    case 'boolean':
      return { task: 'classification', why: 'true or false' };
    case 'integer':
      return distinct === 2
        ? { task: 'classification', why: 'two values, so each row is of one class or the other' }
        : { task: 'regression', why: `${counted(distinct, 'different whole number')}` };
    case 'number':
      return { task: 'regression', why: 'a number' };
    case 'string':
      if (distinct <= MOST_CLASSES) return { task: 'classification', why: `one of ${distinct} texts` };
      throw new InferenceError(
        `${shown(name)} has ${counted(distinct, 'different text')}; at most ${MOST_CLASSES} can be taken for classes.`,
      );
    case 'date':
    case 'timestamp':
      throw new InferenceError(
        `${shown(name)} is a ${type}; what is predicted is a number, true or false, or one of a few texts.`,
      );
  }
}
