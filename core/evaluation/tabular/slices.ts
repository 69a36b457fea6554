import type { Column } from '../../data/features/columns.ts';
import type { Question } from '../../training/tabular/question.ts';
import type { PredictionEvaluation } from '../evaluation-record.ts';
import { measurePredictions } from './measure-predictions.ts';

/** Values of a feature that are told apart. */
const SHOWN = 20;

type Slice = PredictionEvaluation['slices'][number];

/**
 * Measures of the examples that have the same value of a feature, for its most frequent values: a model that is good
 * on average may be bad for some.
 */
export function sliceBy(
  column: Column,
  question: Question,
  outputs: readonly Float64Array[],
  target: Float64Array,
): Slice {
  const groups = new Map<string | null, number[]>();
  for (let i = 0; i < target.length; i++) {
    const value = cellOf(column, i);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [i]);
    else group.push(i);
  }
  const frequent = [...groups].sort(([a, ones], [b, others]) => others.length - ones.length || order(a, b));
  const shown = frequent.slice(0, SHOWN);
  return {
    feature: column.name,
    values: shown.map(([value, rows]) => {
      const pick = (values: Float64Array): Float64Array =>
        Float64Array.from(rows, i => values[i] ?? Number.NaN);
      return {
        ...{ value, rows: rows.length },
        measures: measurePredictions(question, outputs.map(pick), pick(target)),
      };
    }),
    others: target.length - shown.reduce((sum, [, rows]) => sum + rows.length, 0),
  };
}

function cellOf(column: Column, i: number): string | null {
  if (column.kind === 'categorical') return column.categories[column.codes[i] ?? -1] ?? null;
  const value = column.values[i];
  return value === undefined || Number.isNaN(value) ? null : String(value);
}

const order = (a: string | null, b: string | null): number => (String(a) < String(b) ? -1 : 1);
