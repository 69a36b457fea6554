import { findSeasons } from '../data/series/seasons.ts';
import { type Duration, parseDuration } from '../spec/duration.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import type { GridSeries } from './grid-series.ts';

/** What people's lives and the calendar repeat by. */
const CYCLES = ['1 hour', '1 day', '1 week', '1 year'];

/** Days of a year, where a step has a fixed length. */
const DAYS_OF_YEAR = 365;

/** Seasons are a property of all series; this many show it. */
const SERIES_LOOKED_AT = 200;

/**
 * The seasons that all models of a dataset work with, in steps, the strongest first: those of the spec, or, where it
 * names none, those of hour, day, week and year that the training part shows in its series (autocorrelation). The
 * baseline and the scale of errors follow them too, so that a model is not praised for knowing what a week is.
 */
export function seasonOf(
  { series: { season } }: Pick<ForecastingSpec, 'series'>,
  { series, parts, grid }: GridSeries,
): readonly number[] {
  if (season.length > 0) return season;
  // Evenly over the keys, which may be in an order that says something.
  const stride = Math.ceil(series.length / SERIES_LOOKED_AT);
  const histories = series
    .filter((_, i) => i % stride === 0)
    .map(({ values }) => values.subarray(parts.train.from, parts.train.to));
  return findSeasons(histories, cyclesOf(grid.every)).map(({ lag }) => lag);
}

/** Whole numbers of steps, at least two, that make an hour, a day, a week or a year. */
export function cyclesOf(step: Duration): number[] {
  const lengths = CYCLES.map(text => parseDuration(text)).filter(cycle => cycle !== undefined);
  const steps = lengths.map(cycle => {
    if (step.months > 0) return cycle.months / step.months;
    return cycle.months > 0
      ? Math.round((DAYS_OF_YEAR * 86_400_000) / step.milliseconds)
      : cycle.milliseconds / step.milliseconds;
  });
  return steps.filter(count => Number.isInteger(count) && count >= 2 && count <= LONGEST);
}

/** The spec allows no longer season either. */
const LONGEST = 10_000;
