import type { Series } from '../data/series.ts';
import type { Duration } from '../spec/duration.ts';
import type { Importance } from './importance.ts';
import type { Hyperparameters, Method } from './trainer.ts';

export interface FitOptions {
  /** The step of the series' grid. */
  readonly every: Duration;
  /** Season lengths in steps, the most important first. */
  readonly season: readonly number[];
  /** The longest forecast that will be asked for, in steps. */
  readonly horizon: number;
  readonly seed: number;
  /** What the trainer's own schema made of the candidate's hyperparameters. */
  readonly hyperparameters: Hyperparameters;
}

/** What was done to one series that its owner would want to know. */
export interface FitNote {
  /** Index of the series. */
  readonly series: number;
  /**
   * - `filled`: missing values were interpolated.
   * - `fallback`: the baseline stands in, because the trainer cannot deal with this series.
   * - `empty`: the series has no value at all, so there is no forecast.
   */
  readonly kind: 'filled' | 'fallback' | 'empty';
  readonly reason: string;
}

export interface FittedModel {
  readonly notes: readonly FitNote[];
  /** What the model looks at, most important first; empty where it has no features. */
  readonly importance: readonly Importance[];
  /**
   * The next values of each series, in the order of the series.
   * @param horizon At most the horizon of the fit.
   * @returns Finite values, or NaN throughout for a series noted as `empty`.
   */
  forecast(horizon: number): Float64Array[];
}

/** A way to make forecasts of series. */
export interface ForecastingMethod extends Method {
  /**
   * Deterministic: equal series and options give equal forecasts.
   * @param series Equally long; element i of each is one period.
   */
  fit(series: readonly Series[], options: FitOptions): FittedModel;
}
