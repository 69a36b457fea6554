import type { Grid } from '../../../data/series/grid.ts';
import { type CalendarFeature, calendarOf } from './calendar.ts';

/** What a forecaster looks at. */
export interface FeaturePlan {
  /** Steps of the window that levels are taken over: whole seasons. */
  readonly window: number;
  /** How many of the last values are features. */
  readonly lags: number;
  /** Season lengths in steps whose phase of the target is looked at. */
  readonly seasons: readonly number[];
  /** Windows of means and deviations, in steps. */
  readonly windows: readonly number[];
  readonly calendar: readonly CalendarFeature[];
  /** The longest distance of a target, in steps; from 2 on it is a feature. */
  readonly reach: number;
}

/** A shorter window says more of its noise than of a level. */
const LEAST_WINDOW = 7;

/** Recent values of their own; what is older shows in the season and in means. */
const MOST_LAGS = 7;

/** Windows, in multiples of the first. */
const WINDOWS = [1, 2, 4];

/**
 * @param season Season lengths, the most important first.
 * @param grid Its steps are those to learn from.
 * @param horizon Steps to forecast.
 * @param reach Of these, how many the model itself reaches.
 */
export function planFeatures(
  season: readonly number[],
  grid: Grid,
  { horizon, reach }: { readonly horizon: number; readonly reach: number },
): FeaturePlan {
  const seasons = [...new Set(season)].filter(length => length > 1);
  const [first = 1] = seasons;
  const window = first * Math.ceil(LEAST_WINDOW / first);
  return {
    ...{ window, seasons, reach },
    lags: Math.min(window, MOST_LAGS),
    windows: WINDOWS.map(times => times * window),
    calendar: calendarOf(grid, horizon),
  };
}
