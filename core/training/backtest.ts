import { foldOrigins } from '../data/dataset/split.ts';
import type { FitNote } from './forecasting-method.ts';
import type { GridSeries } from './grid-series.ts';
import type { Importance } from './importance.ts';
import { makeForecasts } from './make-forecasts.ts';
import type { Recipe } from './recipe.ts';

export interface Backtest {
  /** For each series, one forecast per step from `from` to `to`; NaN where a step was not forecast. */
  readonly forecasts: readonly Float64Array[];
  /** For each of these steps, how many steps ahead it was forecast: 1 is the next one. */
  readonly ahead: readonly number[];
  /** Every kind of note once per series. */
  readonly notes: readonly FitNote[];
  /** Notes and importance of the last fold, which knows the most. */
  readonly last: { readonly notes: readonly FitNote[]; readonly importance: readonly Importance[] };
}

/**
 * Forecasts the steps from `from` to `to` of complete series as production would have done: fold by fold, each of at
 * most one horizon, fitted on everything before it and on nothing after.
 */
export function backtest(
  recipe: Recipe,
  { series, grid }: Pick<GridSeries, 'series' | 'grid'>,
  from: number,
  to: number,
): Backtest {
  const forecasts = series.map(() => new Float64Array(to - from).fill(Number.NaN));
  const ahead = Array.from({ length: to - from }, (_, step) => (step % recipe.horizon) + 1);
  const notes = new Map<string, FitNote>();
  let last: Backtest['last'] = { notes: [], importance: [] };
  for (const origin of foldOrigins({ from, to }, recipe.horizon)) {
    const known = series.map(one => ({ ...one, values: one.values.subarray(0, origin) }));
    const fold = makeForecasts(recipe, { series: known, grid }, Math.min(recipe.horizon, to - origin));
    for (const [i, values] of fold.values.entries()) forecasts[i]?.set(values, origin - from);
    last = fold;
    for (const note of fold.notes) notes.set(`${note.series} ${note.kind}`, note);
  }
  return { forecasts, ahead, notes: [...notes.values()], last };
}
