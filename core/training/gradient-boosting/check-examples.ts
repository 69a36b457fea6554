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

function rangeOf(objective: Objective): { allows: (value: number) => boolean; allowed: string } {
  switch (objective.kind) {
    case 'poisson':
      return { allows: value => value >= 0 && value < Infinity, allowed: 'a finite number from 0' };
    case 'logistic':
      return { allows: value => value === 0 || value === 1, allowed: '0 or 1' };
    case 'softmax':
      return {
        allows: value => Number.isInteger(value) && value >= 0 && value < objective.classes,
        allowed: `a whole number from 0 to ${objective.classes - 1}`,
      };
    default:
      return { allows: Number.isFinite, allowed: 'a finite number' };
  }
}

/** The total weight. Throws TrainingError for weights that are no weights. */
export function checkWeights(weights: Float64Array | undefined, examples: number): number {
  if (weights === undefined) return examples;
  if (weights.length !== examples) {
    throw new TrainingError(`There are ${weights.length} weights for ${examples} examples.`);
  }
  const row = weights.findIndex(weight => !(weight >= 0 && weight < Infinity));
  if (row >= 0) {
    throw new TrainingError(
      `The weight of row ${row} is ${weights[row]}; it must be a finite number from 0.`,
    );
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity)) throw new TrainingError(`The weights add up to ${total}.`);
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
