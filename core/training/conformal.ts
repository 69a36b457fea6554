import * as z from 'zod';
import { valueAt } from '../data/series.ts';
import { errorScale } from '../evaluation/scale.ts';

/** Nominal coverage of the prediction intervals, in percent. */
export const LEVELS = [80, 95] as const;
export type Level = (typeof LEVELS)[number];

const level = z.object({
  /**
   * Half width of the interval for each step ahead, in units of a series' `spread`; never falling from step to step.
   * Null without any evidence.
   */
  widths: z.array(z.number().nullable()),
  /**
   * What the widths rest on.
   * - `scores`: enough scores for the level.
   * - `largest`: too few scores for this level at all; the width is the largest score, and coverage may be lower.
   * - `none`: no scores; there are no intervals.
   */
  basis: z.enum(['scores', 'largest', 'none']),
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
 * Neighbouring steps share their scores where one of them has too few for the level, and where the width would fall
 * from one step to the next: forecasts do not get surer with distance, and a holiday that all series had on one day of
 * the validation part says nothing about that distance (pool adjacent violators). Coverage then holds on average over
 * the steps that share.
 *
 * Sources: Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-Free Predictive Inference for Regression",
 * Journal of the American Statistical Association 113 (2018) 1094-1111 (split conformal and scaled scores);
 * Stankevičiūtė, Alaa and van der Schaar, "Conformal Time-Series Forecasting", NeurIPS 2021 (one width per step);
 * Barlow, Bartholomew, Bremner and Brunk, "Statistical Inference under Order Restrictions", 1972 (pooling).
 * @param scores For each step ahead, starting at 1, the scores known.
 */
export function calibrate(scores: readonly (readonly number[])[]): Calibration {
  const steps = scores.map(atStep => Float64Array.from(atStep).sort());
  const narrow = widthsOf(steps, 0.8);
  const wide = widthsOf(steps, 0.95);
  // The two levels may share steps differently; the wider interval must contain the narrower one all the same.
  const nested = wide.widths.map((width, i) =>
    width === null ? null : Math.max(width, narrow.widths[i] ?? 0),
  );
  return { 80: narrow, 95: { ...wide, widths: nested }, scores: scores.flat().length };
}

type LevelWidths = z.output<typeof level>;

/** Neighbouring steps that share their scores. */
interface Block {
  readonly steps: number;
  /** Sorted. */
  readonly scores: Float64Array;
  /** Undefined with too few scores. */
  readonly width: number | undefined;
}

function widthsOf(steps: readonly Float64Array[], share: number): LevelWidths {
  const blockOf = (count: number, scores: Float64Array): Block => ({
    ...{ steps: count, scores, width: conformalQuantile(scores, share) },
  });
  const blocks: Block[] = [];
  const mergeLast = (): void => {
    const [left, right] = blocks.splice(-2);
    if (left === undefined || right === undefined) return;
    const scores = new Float64Array(left.scores.length + right.scores.length);
    scores.set(left.scores);
    scores.set(right.scores, left.scores.length);
    blocks.push(blockOf(left.steps + right.steps, scores.sort()));
  };
  const mergeWhile = (violates: (left: Block, right: Block) => boolean): void => {
    for (;;) {
      const [left, right] = blocks.slice(-2);
      if (left === undefined || right === undefined || !violates(left, right)) return;
      mergeLast();
    }
  };
  const falls = ({ width: left }: Block, { width: right }: Block): boolean =>
    left === undefined || (right !== undefined && left > right);
  for (const scores of steps) {
    blocks.push(blockOf(1, scores));
    mergeWhile(falls);
  }
  // The last steps may still wait for more scores: they can only get them from the steps before.
  mergeWhile((left, right) => right.width === undefined || falls(left, right));

  const largest = blocks[0]?.scores.at(-1);
  if (largest === undefined) return { widths: steps.map(() => null), basis: 'none' };
  const basis = blocks[0]?.width === undefined ? 'largest' : 'scores';
  return {
    widths: blocks.flatMap(({ steps: count, width = largest }) => Array<number>(count).fill(width)),
    basis,
  };
}

/**
 * The finite-sample quantile of sorted scores, or undefined when there are too few: n must reach share / (1 − share).
 */
export function conformalQuantile(sorted: ArrayLike<number>, share: number): number | undefined {
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
