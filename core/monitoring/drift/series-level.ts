import { valueAt } from '../../data/series.ts';

/** Cells of a season that a series is told apart by: the hours of a week. */
const MOST_CELLS = 168;

/** Fewer values of a cell do not show what is usual there. */
const LEAST_CYCLES = 3;

/** The longest season that a history of so many steps shows often enough, of those given; 1 without any. */
export const levelSeason = (season: readonly number[], steps: number): number =>
  Math.max(1, ...season.filter(length => length <= MOST_CELLS && length * LEAST_CYCLES <= steps));

/** What a series usually is in each cell of the season; NaN where it has no value there. */
export function cellMeans(values: Float64Array, season: number): Float64Array {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (const [step, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const cell = step % season;
    sums[cell] = valueAt(sums, cell) + value;
    counts[cell] = valueAt(counts, cell) + 1;
  }
  return sums.map((sum, cell) => sum / valueAt(counts, cell));
}

/**
 * How far the values of a history are from what the others of their cell are on average, so that they vary as values
 * do that come after it: a value that had a part in its own mean would seem closer. NaN for the only value of a cell.
 */
export function ownDeviations(values: Float64Array, season: number): Float64Array {
  const means = cellMeans(values, season);
  const counts = new Float64Array(season);
  for (const [step, value] of values.entries())
    if (!Number.isNaN(value)) counts[step % season] = valueAt(counts, step % season) + 1;
  return values.map((value, step) => {
    const count = valueAt(counts, step % season);
    return count < 2 ? Number.NaN : ((value - valueAt(means, step % season)) * count) / (count - 1);
  });
}

/**
 * How far later values are from what is usual in their cell.
 * @param first Step of the first value, counted from the first step of the history.
 */
export const deviationsFrom = (
  means: ArrayLike<number | null>,
  values: Float64Array,
  first: number,
): Float64Array => values.map((value, i) => value - (means[(first + i) % means.length] ?? Number.NaN));

/** How a series is called where its key is one text. */
export const nameOf = (key: readonly string[]): string => key.join(' · ') || 'the only series';
