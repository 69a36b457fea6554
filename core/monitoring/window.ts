import type { AcceptedPart } from '../data/accepted-parts.ts';
import { before, gridStepOf, periodOf, startOfPeriod } from '../data/series/grid.ts';
import { durationOf, type ForecastingSpec } from '../spec/schema.ts';
import { sortableTime } from '../storage/layout.ts';

/** A range of whole periods, half open. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
  /** Starts of the periods. */
  readonly periods: readonly Date[];
  /** Sorts by time, and can be a part of an object key. */
  readonly name: string;
}

function windowOf(first: number, end: number, spec: ForecastingSpec): Window {
  const every = gridStepOf(spec);
  const periods = Array.from({ length: Math.max(0, end - first) }, (_, i) => startOfPeriod(first + i, every));
  const [from, to] = [startOfPeriod(first, every), startOfPeriod(Math.max(first, end), every)];
  return {
    from,
    to,
    periods,
    name: `${sortableTime(from.toISOString())}--${sortableTime(to.toISOString())}`,
  };
}

/** The whole periods within the last `monitoring.every` before a moment; the last whole one when that is shorter. */
export function windowBefore(time: string, spec: ForecastingSpec): Window {
  const every = gridStepOf(spec);
  const end = periodOf(new Date(time), every);
  const start = before(startOfPeriod(end, every), durationOf(spec.monitoring.every), every);
  return windowOf(Math.min(periodOf(start, every), end - 1), end, spec);
}

/** The periods that an accepted part has rows in; undefined for a part without times. */
export function windowOfPart({ timeRange }: AcceptedPart, spec: ForecastingSpec): Window | undefined {
  if (timeRange === null) return undefined;
  const every = gridStepOf(spec);
  return windowOf(
    periodOf(new Date(timeRange.from), every),
    periodOf(new Date(timeRange.to), every) + 1,
    spec,
  );
}
