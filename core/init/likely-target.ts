import { InferenceError } from '../telemetry/errors.ts';
import { type ColumnFacts, isUnique, type SampleFacts } from './column-facts.ts';
import { topicsOf, wordsOf } from './names.ts';
import type { SampleTables } from './read-tables.ts';
import { type Target, targetOf } from './target.ts';
import { timeColumnOf } from './time-column.ts';

/** Words for what came of a row. A column that is called so is there to be predicted, whatever else the table shows. */
const OUTCOMES = [
  ...[
    'target',
    'label',
    'outcome',
    'churn',
    'churned',
    'default',
    'defaulted',
    'fraud',
    'fraudulent',
    'converted',
  ],
  ...[
    'conversion',
    'failure',
    'failed',
    'survived',
    'readmitted',
    'clicked',
    'attrition',
    'defect',
    'defective',
  ],
  ...['kündigung', 'gekündigt', 'ausfall', 'betrug', '解約', '退会', '離脱', '故障', '不良', '異常', '成約'],
];

/** Words for quantities that are predicted where rows have no time, so that nothing can be forecast. */
const QUANTITIES = [
  'price',
  'cost',
  'value',
  'salary',
  'rent',
  'score',
  'quality',
  'preis',
  'miete',
  '価格',
  '家賃',
];

/**
 * The column that the files are evidently about. With a time, a forecast is the likelier question, so only what is one
 * of two things and is called an outcome, or after the model, is taken; without one also a class or a quantity. One
 * column of the tables that no other table refers to; undefined where none, or several, could be meant.
 */
export function likelyTarget(model: string, { tables, references }: SampleTables): Target | undefined {
  const referenced = new Set(references.map(({ target }) => target.table));
  const keys = new Set(references.map(({ table, column }) => `${table}.${column}`));
  const candidates = tables
    .filter(({ table }) => !referenced.has(table))
    .flatMap(sample =>
      sample.facts
        .filter(column => !keys.has(`${sample.table}.${column.name}`))
        .flatMap(column => predictable(sample, column)),
    );
  const about = topicsOf(model);
  const tests: ((target: Target) => boolean)[] = [
    target => isTwoSided(target) && isCalled(target, about),
    target => isTwoSided(target) && isCalled(target, OUTCOMES),
    target => !hasTime(target) && isCalled(target, [...OUTCOMES, ...QUANTITIES]),
    // A column of the model's name whose values differ from row to row names the rows.
    target => !hasTime(target) && !isUnique(target.column) && isCalled(target, about),
  ];
  for (const test of tests) {
    const [target, ...others] = candidates.filter(test);
    if (target !== undefined) return others.length === 0 ? explained(target) : undefined;
  }
  return undefined;
}

function predictable(sample: SampleFacts, column: ColumnFacts): Target[] {
  try {
    return [targetOf(sample, column)];
  } catch (error) {
    if (error instanceof InferenceError) return [];
    throw error;
  }
}

const isTwoSided = ({ task, column }: Target): boolean => task === 'classification' && column.distinct === 2;

const hasTime = ({ sample }: Target): boolean => timeColumnOf(sample.facts) !== undefined;

/** Words of one stem, such as `churn` and `churned`, are one word. */
const isCalled = ({ column }: Target, words: readonly string[]): boolean =>
  wordsOf(column.name).some(word => words.some(other => word === other || stemOf(word) === stemOf(other)));

const stemOf = (word: string): string => (word.length > 5 ? word.replace(/(ed|ing|er|ion)$/, '') : word);

const explained = (target: Target): Target => ({
  ...target,
  why: `${target.why}; predicted because of its name (another column: --predict)`,
});
