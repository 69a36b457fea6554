import { valueAt } from '../../data/series.ts';
import type { Range } from '../window.ts';
import { pickRows } from './join-answers.ts';
import type { Answers } from './logged-answers.ts';
import type { ObservedRows } from './observe-rows.ts';

/** Answers that a window is about, with the key of each as observed rows have it. */
export interface GivenAnswers extends Answers {
  readonly keys: readonly string[];
}

/**
 * The predictions that were given for a window, or undefined where there are none: those of the prediction log, which
 * have a time of their own; or of answers to request files those whose rows lie in the window.
 * @param observed Rows that the answers were looked up in.
 * @param accepted Those of the window.
 */
export function givenFor(
  answers: Answers,
  observed: ObservedRows,
  accepted: ObservedRows,
): GivenAnswers | undefined {
  if (answers.rows === 0) return undefined;
  if (answers.seen !== undefined) return { ...answers, keys: observed.asked };
  const keys = new Set(accepted.keys);
  const own = [...observed.asked.keys()].filter(i => keys.has(observed.asked[i] ?? ''));
  if (own.length === 0) return undefined;
  return {
    rows: own.length,
    ids: own.map(i => answers.ids[i] ?? []),
    outputs: pickRows(answers.outputs, own),
    keys: own.map(i => observed.asked[i] ?? ''),
  };
}

/** The rows whose time lies in a span: without those that were only looked up by id. */
export function withinSpan(observed: ObservedRows, { from, to }: Range): ObservedRows {
  if (observed.asked.length === 0) return observed;
  const rows = Array.from({ length: observed.rows }, (_, row) => row).filter(row => {
    const moment = valueAt(observed.moments, row);
    return moment >= from.getTime() && moment < to.getTime();
  });
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, row => valueAt(values, row));
  return {
    rows: rows.length,
    columns: observed.columns.map(column =>
      column.kind === 'numeric'
        ? { ...column, values: pick(column.values) }
        : { ...column, codes: Int32Array.from(rows, row => column.codes[row] ?? -1) },
    ),
    moments: pick(observed.moments),
    target: pick(observed.target),
    known: row => observed.known(rows[row] ?? -1),
    keys: rows.map(row => observed.keys[row] ?? ''),
    asked: observed.asked,
  };
}
