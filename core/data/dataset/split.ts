import { durationOf, type ForecastingSpec } from '../../spec/schema.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { before, type Grid, periodOf, timeOfStep } from '../series/grid.ts';
import type { PartName, TimeRange } from './dataset-record.ts';

/** Steps of a grid, half open. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

export type Split = Readonly<Record<PartName, StepRange>>;

/**
 * Cuts a grid in the order of time: the end is the test part, before it lies the validation part, the rest trains.
 * `split.test` and `split.validation` give lengths, one horizon each by default; a period belongs to the part that
 * its start lies in, and each of the two holds one horizon at least.
 * @throws DatasetError when less is left for training than twice the longest season, or twice the horizon without
 *   a season: less cannot show what repeats.
 */
export function splitGrid(grid: Grid, { horizon, series, split }: ForecastingSpec): Split {
  const stepsBefore = (end: number, length: string | undefined): number =>
    length === undefined ? horizon : Math.max(horizon, end - firstStepWithin(grid, end, length));
  const test = stepsBefore(grid.steps, split?.test);
  const validation = stepsBefore(grid.steps - test, split?.validation);
  const train = grid.steps - test - validation;

  const season = Math.max(0, ...series.season);
  const needed = 2 * (season || horizon);
  if (train < needed) {
    throw new DatasetError(
      `Table ${series.table} has ${grid.steps} steps of ${series.every}, from ${day(grid, 0)} to ` +
        `${day(grid, grid.steps)}. Validation takes ${validation} and test ${test}, which leaves ${Math.max(0, train)} ` +
        `for training; ${needed} are needed, twice the ${season ? `longest season (${season})` : `horizon (${horizon})`}. ` +
        'Deliver more history, or shorten horizon, split.validation or split.test.',
    );
  }
  return {
    train: { from: 0, to: train },
    validation: { from: train, to: train + validation },
    test: { from: train + validation, to: grid.steps },
  };
}

/** First step whose period starts within the given length before the end of a step. */
function firstStepWithin(grid: Grid, end: number, length: string): number {
  const boundary = before(timeOfStep(grid, end), durationOf(length), grid.every);
  const step = periodOf(boundary, grid.every) - periodOf(grid.start, grid.every);
  return timeOfStep(grid, step) < boundary ? step + 1 : step;
}

/** Each fold is one more fit; a part of many horizons is sampled evenly instead of forecast whole. */
const MOST_FOLDS = 10;

/**
 * First steps of the rolling-origin folds of a part: each fold is forecast over one horizon at most, from everything
 * before its origin and from nothing after.
 *
 * Source: Tashman, "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16 (2000)
 * 437-450.
 */
export function foldOrigins({ from, to }: StepRange, horizon: number): number[] {
  const folds = Math.ceil((to - from) / horizon);
  const taken = Math.min(folds, MOST_FOLDS);
  return Array.from({ length: taken }, (_, i) => from + Math.floor((i * folds) / taken) * horizon);
}

/** Half-open range of time of a range of steps. */
export const timeRangeOf = (grid: Grid, { from, to }: StepRange): TimeRange => ({
  from: timeOfStep(grid, from).toISOString(),
  to: timeOfStep(grid, to).toISOString(),
});

const day = (grid: Grid, step: number): string => timeOfStep(grid, step).toISOString();
