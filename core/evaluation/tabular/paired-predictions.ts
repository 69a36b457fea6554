import { seededRandom } from '../../training/seeded-random.ts';
import {
  BOOTSTRAP_SEED,
  blockLength,
  type Difference,
  differenceOf,
  drawColumns,
  drawRows,
  RESAMPLES,
} from '../bootstrap.ts';
import { studentQuantile } from '../student-t.ts';
import type { Clusters } from './clusters.ts';
import type { Drawn } from './drawn.ts';

/** Rows that all resamples together may touch: some seconds. */
const MOST_DRAWS = 20_000_000;

/** Fewer resamples say little of the ends of a distribution. */
const LEAST_RESAMPLES = 200;

/** How many resamples of so many rows are worth their time. */
export const resamplesFor = (rows: number): number =>
  Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(MOST_DRAWS / rows)));

/**
 * How far two models differ in a metric on the same rows, and how much of that may be chance: a paired bootstrap, which
 * measures both models on what was drawn.
 *
 * Rows of one day have much in common: a storm makes all of its flights late. So what is drawn are days, circular blocks
 * of ⌈∛days⌉ consecutive ones (a cluster and moving-block bootstrap), and the bounds are the difference ± t · s ·
 * √(b / (b − 1)), where s is the standard deviation of the resamples, b the number of blocks, and t the quantile of
 * Student's distribution with b − 1 degrees of freedom: of few days, a percentile would be far too sure. Groups, which
 * a split keeps together, are drawn one by one in place of days. Without either (or with all times in three minutes)
 * rows count as independent, and the bounds are percentiles of resampled rows.
 *
 * Sources: Cameron, Gelbach and Miller, "Bootstrap-Based Improvements for Inference with Clustered Errors", Review of
 * Economics and Statistics 90 (2008) 414-427 (clusters); Cameron and Miller, "A Practitioner's Guide to Cluster-Robust
 * Inference", Journal of Human Resources 50 (2015) 317-372 (t and the factor, for few clusters); Künsch, "The Jackknife
 * and the Bootstrap for General Stationary Observations", Annals of Statistics 17 (1989) 1217-1241 (blocks); Efron and
 * Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13 (rows).
 * @param clusters Of rows; undefined where rows are independent of each other.
 * @param confidence Of each bound by itself.
 * @returns undefined where the metric is undefined for one of them.
 */
export function pairedPredictions(
  one: Drawn,
  other: Drawn,
  { rows, clusters }: { readonly rows: number; readonly clusters: Clusters | undefined },
  confidence: number,
): Difference | undefined {
  const differenceFor = (times?: Int32Array): number => {
    const [left, right] = [one(times), other(times)];
    return left === null || right === null ? Number.NaN : left - right;
  };
  const value = differenceFor();
  if (!Number.isFinite(value)) return undefined;
  const random = seededRandom(BOOTSTRAP_SEED);
  const resamples = resamplesFor(rows);
  if (clusters === undefined) {
    return differenceOf(value, confidence, resamples, () => differenceFor(drawRows(rows, random)));
  }
  const { ofRow, count, inTime } = clusters;
  const resampled = Float64Array.from({ length: resamples }, () => {
    const times = (inTime ? drawColumns : drawRows)(count, random);
    return differenceFor(ofRow.map(cluster => times[cluster] ?? 0));
  });
  const margin = marginOf(
    resampled.filter(Number.isFinite),
    inTime ? count / blockLength(count) : count,
    confidence,
  );
  return { value, lower: value - margin, upper: value + margin };
}

/** How far a bound lies from the difference, from resamples that were put together of so many blocks. */
function marginOf(resampled: Float64Array, blocks: number, confidence: number): number {
  const mean = resampled.reduce((sum, value) => sum + value, 0) / resampled.length;
  const variance = resampled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / resampled.length;
  const quantile = studentQuantile(confidence, Math.max(1, Math.floor(blocks - 1)));
  return quantile * Math.sqrt((variance * blocks) / (blocks - 1));
}
