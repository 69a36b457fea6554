import type { Series } from '../../../../../core/data/series.ts';
import { parseDuration } from '../../../../../core/spec/duration.ts';
import type { GridSeries } from '../../../../../core/training/grid-series.ts';
import { makeForecasts } from '../../../../../core/training/make-forecasts.ts';
import type { Recipe } from '../../../../../core/training/recipe.ts';
import { checkedHyperparameters, methodOf } from '../../../../../core/training/trainers.ts';

export const START = new Date('2026-01-05T00:00:00Z');

export function durationOf(text: string) {
  const duration = parseDuration(text);
  if (duration === undefined) throw new Error(`"${text}" is no length of time.`);
  return duration;
}

/** Series by name, from the start of a grid of days. */
export const onDays = (
  named: Readonly<Record<string, ArrayLike<number>>>,
): Pick<GridSeries, 'series' | 'grid'> => ({
  series: Object.entries(named).map(
    ([name, values]): Series => ({ key: [name], start: START, values: Float64Array.from(values) }),
  ),
  grid: { every: durationOf('1 day'), start: START, steps: 0 },
});

/** A recipe with a weekly season and few trees. */
export const boosted = (hyperparameters: Record<string, number | string> = {}, horizon = 7): Recipe => ({
  ...{ trainer: 'gradient-boosting', season: [7], horizon, seed: 1 },
  hyperparameters: {
    ...checkedHyperparameters('gradient-boosting', methodOf('forecasting', 'gradient-boosting'), {
      ...{ trees: 10, min_leaf_weight: 5 },
      ...hyperparameters,
    }),
  },
});

const WEEK = [0, 5, 10, 20, 40, 60, 30];

/** A weekly shape at a level, with a ripple that no season explains. */
export const weekly = (days: number, level: number, ripple = 11): number[] =>
  Array.from(
    { length: days },
    (_, day) => level * (100 + (WEEK[day % 7] ?? 0)) + level * ((day * 31 + ripple * 17) % ripple),
  );

export const forecast = (
  named: Readonly<Record<string, ArrayLike<number>>>,
  hyperparameters: Record<string, number | string> = {},
  horizon = 7,
) => makeForecasts(boosted(hyperparameters, horizon), onDays(named));
