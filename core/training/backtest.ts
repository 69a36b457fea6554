import { foldOrigins } from '../data/dataset/split.ts';
import type { Series } from '../data/series.ts';
import type { FitNote } from './forecasting-method.ts';
import { makeForecasts } from './make-forecasts.ts';
import type { Recipe } from './recipe.ts';

export interface Backtest {
  /** For each series, one forecast per step from `from` to `to`; NaN where a step was not forecast. */
  readonly forecasts: readonly Float64Array[];
  /** For each of these steps, how many steps ahead it was forecast: 1 is the next one. */
  readonly ahead: readonly number[];
  /** Every kind of note once per series. */
  readonly notes: readonly FitNote[];
  /** Notes of the last fold, which knows the most. */
  readonly last: readonly FitNote[];
}

/**
 * Forecasts the steps from `from` to `to` of complete series as production would have done: fold by fold, each of at
 * most one horizon, fitted on everything before it and on nothing after.
 */
export function backtest(recipe: Recipe, series: readonly Series[], from: number, to: number): Backtest {
  const forecasts = series.map(() => new Float64Array(to - from).fill(Number.NaN));
  const ahead = Array.from({ length: to - from }, (_, step) => (step % recipe.horizon) + 1);
  const notes = new Map<string, FitNote>();
  let last: readonly FitNote[] = [];
  for (const origin of foldOrigins({ from, to }, recipe.horizon)) {
    const known = series.map(one => ({ ...one, values: one.values.subarray(0, origin) }));
    const fold = makeForecasts(recipe, known, Math.min(recipe.horizon, to - origin));
    for (const [i, values] of fold.values.entries()) forecasts[i]?.set(values, origin - from);
    last = fold.notes;
    for (const note of fold.notes) notes.set(`${note.series} ${note.kind}`, note);
  }
  return { forecasts, ahead, notes: [...notes.values()], last };
}
