import { valueAt } from '../data/series.ts';

/** The observed span of a series, without gaps. */
export interface History {
  readonly values: Float64Array;
  /** Values within the span that were missing and have been interpolated. */
  readonly filled: number;
  /** Periods between the last value and the end of the series: a forecast has to bridge them. */
  readonly trailing: number;
}

/**
 * A series as trainers want it: leading and trailing gaps are cut off, gaps inside are filled. A gap takes the
 * straight line between the nearest values of its own phase of the season, so that a missing Monday looks like
 * Mondays; where the phase has no value at all, the line between its neighbours.
 * @param lag Steps of one season; 1 where there is none.
 * @returns undefined when there is no value.
 */
export function historyOf(values: Float64Array, lag: number): History | undefined {
  const first = values.findIndex(Number.isFinite);
  if (first === -1) return undefined;
  const last = values.findLastIndex(Number.isFinite);
  const span = values.slice(first, last + 1);
  const seasonal = interpolate(span, lag);
  return {
    values: interpolate(seasonal, 1),
    filled: span.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0),
    trailing: values.length - 1 - last,
  };
}

/** Fills gaps from the nearest values before and after that are a multiple of `lag` away; from one, when only one is. */
function interpolate(values: Float64Array, lag: number): Float64Array {
  return values.map((value, t) => {
    if (Number.isFinite(value)) return value;
    let before = t - lag;
    while (before >= 0 && !Number.isFinite(values[before])) before -= lag;
    let after = t + lag;
    while (after < values.length && !Number.isFinite(values[after])) after += lag;
    const left = valueAt(values, before);
    const right = valueAt(values, after);
    if (Number.isNaN(left)) return right;
    if (Number.isNaN(right)) return left;
    return left + ((right - left) * (t - before)) / (after - before);
  });
}
