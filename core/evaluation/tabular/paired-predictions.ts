import { seededRandom } from '../../training/seeded-random.ts';
import { BOOTSTRAP_SEED, type Difference, differenceOf, drawRows, RESAMPLES } from '../bootstrap.ts';
import type { Drawn } from './drawn.ts';

/** Rows that all resamples together may touch: some seconds. */
const MOST_DRAWS = 50_000_000;

/** Fewer resamples say little of the ends of a distribution. */
const LEAST_RESAMPLES = 200;

/** How many resamples of so many rows are worth their time. */
export const resamplesFor = (rows: number): number =>
  Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(MOST_DRAWS / rows)));

/**
 * How far two models differ in a metric on the same rows, and how much of that may be chance: a paired bootstrap over
 * rows, which measures both models on what was drawn. It takes rows for independent of each other: where a storm makes
 * all flights of a day late, chance is larger than it says.
 *
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13.
 * @param confidence Of each bound by itself.
 * @returns undefined where the metric is undefined for one of them.
 */
export function pairedPredictions(
  one: Drawn,
  other: Drawn,
  rows: number,
  confidence: number,
): Difference | undefined {
  const differenceFor = (times?: Int32Array): number => {
    const [left, right] = [one(times), other(times)];
    return left === null || right === null ? Number.NaN : left - right;
  };
  const value = differenceFor();
  if (!Number.isFinite(value)) return undefined;
  const random = seededRandom(BOOTSTRAP_SEED);
  return differenceOf(value, confidence, resamplesFor(rows), () => differenceFor(drawRows(rows, random)));
}
