import { valueAt } from '../data/series.ts';

/** A prediction interval and what happened. All arrays have equal lengths; NaN is missing. */
export interface Covered {
  readonly actual: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Share of points within their interval, bounds included; null where no point has both a value and an interval. */
export function coverageOf(series: readonly Covered[]): number | null {
  let points = 0;
  let within = 0;
  for (const { actual, lower, upper } of series) {
    for (const [i, value] of actual.entries()) {
      const [low, high] = [valueAt(lower, i), valueAt(upper, i)];
      if (Number.isNaN(value) || Number.isNaN(low) || Number.isNaN(high)) continue;
      points++;
      if (low <= value && value <= high) within++;
    }
  }
  return points === 0 ? null : within / points;
}
