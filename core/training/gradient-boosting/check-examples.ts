import { TrainingError } from '../../telemetry/errors.ts';
import { type Column, lengthOf } from './columns.ts';
import type { Objective } from './objective.ts';

/** Columns, and what they are to predict. */
export interface Examples {
  readonly columns: readonly Column[];
  readonly target: Float64Array;
}

/** Throws TrainingError unless every column has a name of its own and one value per example. */
export function checkColumns(columns: readonly Column[], examples: number): void {
  const names = new Set<string>();
  if (columns.length === 0) throw new TrainingError('There are no features to learn from.');
  for (const column of columns) {
    if (names.has(column.name)) throw new TrainingError(`Two features are called "${column.name}".`);
    names.add(column.name);
    if (lengthOf(column) !== examples) {
      throw new TrainingError(
        `The feature "${column.name}" has ${lengthOf(column)} values, and the target ${examples}.`,
      );
    }
    if (column.kind === 'numeric') continue;
    const last = column.categories.length - 1;
    const wrong = column.codes.findIndex(code => code < -1 || code > last);
    if (wrong >= 0) {
      throw new TrainingError(
        `The feature "${column.name}" has the category code ${column.codes[wrong]} in row ${wrong}; ` +
          `codes are -1 for missing and 0 to ${last}.`,
      );
    }
  }
}

/** Throws TrainingError for the first value that the objective cannot take. Rows count from 0. */
export function checkTarget(target: Float64Array, objective: Objective): void {
  if (target.length === 0) throw new TrainingError('There are no examples to learn from.');
  const { allows, allowed } = rangeOf(objective);
  const row = target.findIndex(value => !allows(value));
  if (row >= 0) {
    throw new TrainingError(
      `The target of row ${row} is ${target[row]}; with the objective "${objective.kind}" it must be ${allowed}.`,
    );
  }
}

/** Squares of sums of larger ones, weighted, could leave the range of numbers. */
const LARGEST_TARGET = 1e100;
const LARGEST_WEIGHT = 1e9;

function rangeOf(objective: Objective): { allows: (value: number) => boolean; allowed: string } {
  const between = (low: number, high: number) => ({
    allows: (value: number): boolean => value >= low && value <= high,
    allowed: `a number from ${low} to ${high}`,
  });
  switch (objective.kind) {
    case 'poisson':
      return between(0, LARGEST_TARGET);
    case 'logistic':
      return { allows: value => value === 0 || value === 1, allowed: '0 or 1' };
    case 'softmax': {
      const { allows, allowed } = between(0, objective.classes - 1);
      return { allows: value => allows(value) && Number.isInteger(value), allowed: `${allowed}, whole` };
    }
    default:
      return between(-LARGEST_TARGET, LARGEST_TARGET);
  }
}

/** The total weight. Throws TrainingError for weights that are no weights. */
export function checkWeights(weights: Float64Array | undefined, examples: number): number {
  if (weights === undefined) return examples;
  if (weights.length !== examples) {
    throw new TrainingError(`There are ${weights.length} weights for ${examples} examples.`);
  }
  const row = weights.findIndex(weight => !(weight >= 0 && weight <= LARGEST_WEIGHT));
  if (row >= 0) {
    throw new TrainingError(
      `The weight of row ${row} is ${weights[row]}; it must be a number from 0 to ${LARGEST_WEIGHT}.`,
    );
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) throw new TrainingError(`The weights add up to ${total}.`);
  return total;
}

/** Throws TrainingError when all examples that count have the same target: there is nothing to tell apart. */
export function checkVariety(
  target: Float64Array,
  weights: Float64Array | undefined,
  objective: Objective,
): void {
  const counts = (row: number): boolean => weights === undefined || (weights[row] ?? 0) > 0;
  const first = target.findIndex((_, row) => counts(row));
  const value = target[first];
  if (target.some((other, row) => other !== value && counts(row))) return;
  throw new TrainingError(
    objective.kind === 'logistic' || objective.kind === 'softmax'
      ? `Every example is of class ${value}: one class cannot be told from others that training never sees.`
      : `The target is ${value} in every example: there is nothing to learn.`,
  );
}
