import type { KnownSeries } from './known-series.ts';

/** Where a series stands: values minus `centre`, in units of `scale`, can be compared between series. */
export interface Level {
  readonly centre: number;
  /** Above 0. */
  readonly scale: number;
}

/** Share of the deviation of the whole past that the scale is at least: a quiet season must not magnify the next. */
const LEAST_SHARE = 0.1;

/**
 * The level of a series at a moment: mean and deviation of its last season.
 * @param origin Index of the first value that is not known.
 * @returns Undefined when the season has no value, or everything before the moment is the same.
 */
export function levelAt(series: KnownSeries, origin: number, season: number): Level | undefined {
  const centre = series.mean(origin - season, origin);
  const scale = Math.max(
    series.deviation(origin - season, origin),
    LEAST_SHARE * series.deviation(0, origin),
  );
  // Sums of equal values may differ by their rounding.
  const isConstant = !(scale > Number.EPSILON * Math.abs(centre));
  return Number.isFinite(centre) && Number.isFinite(scale) && !isConstant ? { centre, scale } : undefined;
}
