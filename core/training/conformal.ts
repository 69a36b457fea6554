import { z } from 'zod';
import { errorScale, valueAt } from '../evaluation/scale.ts';

/** Nominal coverage of the prediction intervals, in percent. */
export const LEVELS = [80, 95] as const;
export type Level = (typeof LEVELS)[number];

const level = z.object({
  /** Half width of the interval for each step ahead, in units of a series' `spread`; null without any evidence. */
  widths: z.array(z.number().nullable()),
  /**
   * What the widths rest on.
   * - `step`: every step ahead on its own scores; coverage holds for each step.
   * - `pooled`: too few scores per step, so all steps share one width; coverage holds on average over the horizon.
   * - `largest`: too few scores for this level at all; the width is the largest score, and coverage may be lower.
   * - `none`: no scores; there are no intervals.
   */
  basis: z.enum(['step', 'pooled', 'largest', 'none']),
});

export const calibrationSchema = z.object({
  80: level,
  95: level,
  /** Scores, one per series and forecast step of the validation part. */
  scores: z.int(),
});

export type Calibration = z.output<typeof calibrationSchema>;

/**
 * Split-conformal widths: for each step ahead the ⌈(n + 1) · level⌉-th smallest of the n scores
 * |actual − forecast| / spread. If scores of the past and of the future are exchangeable, an interval covers the
 * truth with at least the nominal probability, whatever the model and the distribution. Scores of different series
 * are pooled per step, each scaled by its own spread.
 *
 * Sources: Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-Free Predictive Inference for Regression",
 * Journal of the American Statistical Association 113 (2018) 1094-1111 (split conformal and scaled scores);
 * Stankevičiūtė, Alaa and van der Schaar, "Conformal Time-Series Forecasting", NeurIPS 2021 (one width per step).
 * @param scores For each step ahead, starting at 1, the scores known.
 */
export function calibrate(scores: readonly (readonly number[])[]): Calibration {
  const steps = scores.map(atStep => atStep.toSorted((a, b) => a - b));
  const pool = scores.flat().sort((a, b) => a - b);
  const narrow = widthsOf(steps, pool, 0.8);
  const wide = widthsOf(steps, pool, 0.95);
  // The two levels may rest on different evidence; the wider interval must contain the narrower one all the same.
  const nested = wide.widths.map((width, i) =>
    width === null ? null : Math.max(width, narrow.widths[i] ?? 0),
  );
  return { 80: narrow, 95: { ...wide, widths: nested }, scores: pool.length };
}

type LevelWidths = z.output<typeof level>;

function widthsOf(
  steps: readonly (readonly number[])[],
  pool: readonly number[],
  share: number,
): LevelWidths {
  const same = (width: number | null) => steps.map(() => width);
  const perStep = steps.map(sorted => conformalQuantile(sorted, share));
  if (perStep.every(width => width !== undefined)) return { widths: perStep, basis: 'step' };
  const pooled = conformalQuantile(pool, share);
  if (pooled !== undefined) return { widths: same(pooled), basis: 'pooled' };
  const largest = pool.at(-1);
  return largest === undefined
    ? { widths: same(null), basis: 'none' }
    : { widths: same(largest), basis: 'largest' };
}

/**
 * The finite-sample quantile of sorted scores, or undefined when there are too few: n must reach share / (1 − share).
 */
export function conformalQuantile(sorted: readonly number[], share: number): number | undefined {
  // The product of floating-point numbers may lie a hair above the whole number that it should be.
  const rank = Math.ceil((sorted.length + 1) * share - 1e-9);
  return sorted[rank - 1];
}

/**
 * The unit of a series' scores: its mean absolute seasonal difference, or, where that is zero or unknown, the mean
 * absolute difference of neighbours, or the mean absolute value, or 1. Any positive number that is computed from the
 * past alone keeps the coverage; this order keeps widths comparable between series.
 */
export function spreadOf(history: Float64Array, lag: number): number {
  const size = history
    .filter(Number.isFinite)
    .reduce((sum, value, _, all) => sum + Math.abs(value) / all.length, 0);
  return (
    [errorScale(history, lag).absolute, errorScale(history, 1).absolute, size].find(unit => unit > 0) ?? 1
  );
}

/** What scores are made of: the outcome of one series' backtest. */
export interface BacktestedSeries {
  readonly actual: Float64Array;
  readonly forecast: Float64Array;
  /** How many steps ahead each point was forecast. */
  readonly ahead: readonly number[];
  readonly spread: number;
}

/** Scores by step ahead. Points without truth or without forecast have none. */
export function scoresOf(series: readonly BacktestedSeries[], horizon: number): number[][] {
  const scores: number[][] = Array.from({ length: horizon }, () => []);
  for (const { actual, forecast, ahead, spread } of series) {
    for (const [i, step] of ahead.entries()) {
      const score = Math.abs(valueAt(actual, i) - valueAt(forecast, i)) / spread;
      if (Number.isFinite(score)) scores[step - 1]?.push(score);
    }
  }
  return scores;
}

/** Bounds for each step of a forecast. */
export interface Interval {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * The interval around a forecast; NaN where there is no evidence for one.
 * @param floor The least value that the series may take.
 */
export function intervalAround(
  forecast: Float64Array,
  { widths }: LevelWidths,
  {
    ahead,
    spread,
    floor,
  }: { readonly ahead: readonly number[]; readonly spread: number; readonly floor: number },
): Interval {
  const half = (i: number): number => (widths[(ahead[i] ?? 0) - 1] ?? Number.NaN) * spread;
  return {
    lower: forecast.map((value, i) => Math.max(value - half(i), floor)),
    upper: forecast.map((value, i) => value + half(i)),
  };
}

export type Intervals = Readonly<Record<Level, Interval>>;

/** The intervals of every level around one forecast. */
export const intervalsAround = (
  forecast: Float64Array,
  calibration: Calibration,
  around: Parameters<typeof intervalAround>[2],
): Intervals => ({
  80: intervalAround(forecast, calibration[80], around),
  95: intervalAround(forecast, calibration[95], around),
});
