import type { MetricName } from '../spec/metrics.ts';
import { seededRandom } from '../training/seeded-random.ts';
import { type ErrorCells, pairedCells, quotient } from './error-cells.ts';
import type { Comparison } from './metrics.ts';

/** Percentiles at 5 % rest on 50 resamples; more would not change a decision that is worth making. */
export const RESAMPLES = 1000;

/** The gate must say the same again. */
export const BOOTSTRAP_SEED = 1;

/** Cells that one resample may touch: 1,000 resamples then take well under a second. */
const MOST_CELLS = 100_000;

/** Fewer groups of series would say little of how series differ. */
const LEAST_GROUPS = 20;

export interface Difference {
  /** Metric of the one minus metric of the other; negative where the one has the lower error. */
  readonly value: number;
  /** With the confidence asked for, the difference is at least this; and, apart from that, at most `upper`. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * How far two forecasts of the same truth differ in a metric, and how much of that may be chance: a paired bootstrap.
 * Each resample draws series with replacement, and, the same for all of them, circular blocks of consecutive steps;
 * both forecasts are measured on what was drawn. Series keep what they have in common on a day, and steps what they
 * pass on to the next. So an advantage counts as proved only if it hangs neither on a few series nor on a few days.
 *
 * Blocks have the cube root of the number of steps as their length. Very many series are drawn in groups.
 *
 * Sources: Künsch, "The Jackknife and the Bootstrap for General Stationary Observations", Annals of Statistics 17
 * (1989) 1217-1241 (moving blocks); Politis and Romano, "A circular block-resampling procedure for stationary data",
 * in "Exploring the Limits of Bootstrap", 1992, and "The Stationary Bootstrap", Journal of the American Statistical
 * Association 89 (1994) 1303-1313; Hall, Horowitz and Jing, "On blocking rules for the bootstrap with dependent data",
 * Biometrika 82 (1995) 561-574 (length); Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1 (2007)
 * 386-411 (rows and columns drawn independently: never too sure, sometimes too careful).
 *
 * Measured on simulated errors (autocorrelation 0.5, shocks that all series share): of equal models, 2 to 5 % pass at
 * 0.95 and 4 to 9 % at 0.9, from 2 series of 24 steps to 50 of 14; of a single series of two to four weeks 10 to 15 %,
 * whichever of the two, for so few steps do not show how much they vary.
 * @param confidence Of each bound by itself: 0.95 gives the one-sided 95 % bounds, together a 90 % interval.
 * @returns undefined when no point can be compared, or the metric is undefined there.
 */
export function pairedDifference(
  one: readonly Comparison[],
  other: readonly Comparison[],
  metric: MetricName,
  confidence: number,
): Difference | undefined {
  const pair = pairedCells(one, other, metric).map(grouped);
  const [left, right] = pair;
  if (left === undefined || right === undefined || left.rows === 0) return undefined;
  const differenceFor = (rows: Int32Array, columns: Int32Array): number =>
    measured(left, metric, rows, columns) - measured(right, metric, rows, columns);

  const value = differenceFor(new Int32Array(left.rows).fill(1), new Int32Array(left.columns).fill(1));
  if (!Number.isFinite(value)) return undefined;
  const random = seededRandom(BOOTSTRAP_SEED);
  return differenceOf(value, confidence, RESAMPLES, () =>
    differenceFor(drawRows(left.rows, random), drawColumns(left.columns, random)),
  );
}

/**
 * A difference with the bounds that its resamples give (percentiles).
 * @param resample The difference of one resample; not finite where it is undefined.
 */
export function differenceOf(
  value: number,
  confidence: number,
  resamples: number,
  resample: () => number,
): Difference {
  const resampled = Float64Array.from({ length: resamples }, resample).filter(Number.isFinite).sort();
  // The two ends lie at equal depth: as many resamples below the one as above the other.
  const depth = Math.floor(resampled.length * (1 - confidence) + 1e-9);
  return {
    value,
    lower: Math.min(resampled[depth] ?? value, value),
    upper: Math.max(resampled[resampled.length - 1 - depth] ?? value, value),
  };
}

/** How often each of so many rows is drawn, when as many are drawn with replacement. */
export function drawRows(rows: number, random: () => number): Int32Array {
  const times = new Int32Array(rows);
  for (let i = 0; i < rows; i++) bump(times, Math.floor(random() * rows));
  return times;
}

/** Consecutive columns that are drawn together: the cube root of their number, but not all, which would be no draw. */
export const blockLength = (columns: number): number =>
  Math.max(1, Math.min(Math.ceil(Math.cbrt(columns)), columns - 1));

/** How often each of so many columns is drawn, when circular blocks of them are drawn until there are as many. */
export function drawColumns(columns: number, random: () => number): Int32Array {
  const length = blockLength(columns);
  const times = new Int32Array(columns);
  let start = 0;
  for (let i = 0; i < columns; i++) {
    if (i % length === 0) start = Math.floor(random() * columns);
    bump(times, (start + (i % length)) % columns);
  }
  return times;
}

function bump(times: Int32Array, index: number): void {
  times[index] = (times[index] ?? 0) + 1;
}

/** The metric where each row and each column counts as often as it was drawn. */
function measured(cells: ErrorCells, metric: MetricName, rows: Int32Array, columns: Int32Array): number {
  const { parts, wholes, columns: width } = cells;
  let part = 0;
  let whole = 0;
  for (let row = 0; row < rows.length; row++) {
    const drawn = rows[row] ?? 0;
    if (drawn === 0) continue;
    let partOfRow = 0;
    let wholeOfRow = 0;
    for (let column = 0, at = row * width; column < width; column++, at++) {
      const times = columns[column] ?? 0;
      partOfRow += times * (parts[at] ?? 0);
      wholeOfRow += times * (wholes[at] ?? 0);
    }
    part += drawn * partOfRow;
    whole += drawn * wholeOfRow;
  }
  return quotient(metric, part, whole);
}

/** The cells with rows added up in groups, where there are too many: sums of random groups vary as sums of rows do. */
function grouped(cells: ErrorCells): ErrorCells {
  const { rows, columns } = cells;
  const groups = Math.max(LEAST_GROUPS, Math.floor(MOST_CELLS / columns));
  if (rows <= groups) return cells;
  const parts = new Float64Array(groups * columns);
  const wholes = new Float64Array(groups * columns);
  for (let at = 0; at < rows * columns; at++) {
    // Series are in the order of their keys, and neighbours may be alike: dealing them out mixes them.
    const into = (Math.floor(at / columns) % groups) * columns + (at % columns);
    parts[into] = (parts[into] ?? 0) + (cells.parts[at] ?? 0);
    wholes[into] = (wholes[into] ?? 0) + (cells.wholes[at] ?? 0);
  }
  return { rows: groups, columns, parts, wholes };
}
