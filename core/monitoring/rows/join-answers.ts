import { valueAt } from '../../data/series.ts';
import type { GroundTruth } from '../monitoring-record.ts';
import type { Range } from '../window.ts';
import type { GivenAnswers } from './given-answers.ts';
import type { ObservedRows } from './observe-rows.ts';

/** Predictions whose truth is known, row by row. */
export interface Joined {
  readonly rows: number;
  readonly outputs: readonly Float64Array[];
  readonly target: Float64Array;
  readonly groundTruth: GroundTruth;
}

/** Rows of columns of numbers. */
export const pickRows = (columns: readonly Float64Array[], rows: ArrayLike<number>): Float64Array[] =>
  columns.map(column => Float64Array.from(rows, row => valueAt(column, row)));

/**
 * Joins predictions that were given to the truth by id, wherever in time the truth was accepted. What of a window has
 * truth and no prediction is counted, and so is what has a prediction and no truth.
 */
export function joinAnswers(
  source: GroundTruth['source'],
  answers: GivenAnswers,
  observed: ObservedRows,
  { from, to }: Range,
): Joined {
  const rowOf = new Map<string, number>();
  for (const [row, key] of observed.keys.entries()) {
    // Of rows with one id the last in the order of their content counts: every reader sees the same.
    if (observed.known(row)) rowOf.set(key, row);
  }
  const pairs: [answer: number, row: number][] = [];
  for (const [answer, key] of answers.keys.entries()) {
    const row = rowOf.get(key);
    const said = answers.outputs.every(column => Number.isFinite(valueAt(column, answer)));
    if (row !== undefined && said) pairs.push([answer, row]);
  }
  const asked = new Set(answers.keys);
  const withoutPrediction = observed.keys.filter((key, row) => {
    const moment = valueAt(observed.moments, row);
    const inWindow = moment >= from.getTime() && moment < to.getTime();
    return inWindow && observed.known(row) && !asked.has(key);
  }).length;
  return {
    rows: pairs.length,
    outputs: pickRows(
      answers.outputs,
      pairs.map(([answer]) => answer),
    ),
    target: Float64Array.from(pairs, ([, row]) => valueAt(observed.target, row)),
    groundTruth: groundTruthOf(source, answers.rows, pairs.length, withoutPrediction),
  };
}

/** What the version says now of rows that nobody asked it about, where their truth is known. */
export function joinReplayed(outputs: readonly Float64Array[], observed: ObservedRows): Joined {
  const rows = Array.from({ length: observed.rows }, (_, row) => row).filter(observed.known);
  return {
    rows: rows.length,
    outputs: pickRows(outputs, rows),
    target: Float64Array.from(rows, row => valueAt(observed.target, row)),
    groundTruth: groundTruthOf('replayed', observed.rows, rows.length, 0),
  };
}

/** Counts, and their share. */
export const groundTruthOf = (
  source: GroundTruth['source'],
  predictions: number,
  known: number,
  withoutPrediction: number,
): GroundTruth => ({
  ...{ source, predictions, known, withoutPrediction },
  share: predictions === 0 ? null : known / predictions,
});
