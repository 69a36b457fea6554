import type { AcceptedPart } from '../data/accepted-parts.ts';
import { before, gridStepOf, periodOf, startOfPeriod } from '../data/series/grid.ts';
import { durationOf, type ForecastingSpec } from '../spec/schema.ts';
import { sortableTime } from '../storage/layout.ts';

/** A range of time, half open. */
export interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** The range that a window's name tells; undefined for a name of another form. */
export function rangeOfName(name: string): Range | undefined {
  const [from, to] = name
    .split('--')
    .map(text => new Date(text.replace(/^(\d{4})(\d{2})(\d{2}T\d{2})(\d{2})/, '$1-$2-$3:$4:')));
  if (from === undefined || to === undefined) return undefined;
  return Number.isNaN(from.getTime()) || Number.isNaN(to.getTime()) ? undefined : { from, to };
}

/** The name of a range: sorts by time, and can be a part of an object key. */
export const nameOfRange = ({ from, to }: Range): string =>
  `${sortableTime(from.toISOString())}--${sortableTime(to.toISOString())}`;

/** A range of whole periods, half open. */
export interface Window extends Range {
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
    name: nameOfRange({ from, to }),
  };
}

/** The whole periods within the last `monitoring.every` before a moment; the last whole one when that is shorter. */
export function windowBefore(time: string, spec: ForecastingSpec): Window {
  const every = gridStepOf(spec);
  const end = periodOf(new Date(time), every);
  const start = before(startOfPeriod(end, every), durationOf(spec.monitoring.every), every);
  return windowOf(Math.min(periodOf(start, every), end - 1), end, spec);
}

/** The periods that begin in a range of time, half open; at least the one that its beginning lies in. */
export function windowOfRange({ from, to }: Range, spec: ForecastingSpec): Window {
  const every = gridStepOf(spec);
  const [first, last] = [from, to].map(moment => {
    const period = periodOf(moment, every);
    return startOfPeriod(period, every) < moment ? period + 1 : period;
  });
  const start = first ?? 0;
  return last === undefined || last <= start
    ? windowOf(periodOf(from, every), periodOf(from, every) + 1, spec)
    : windowOf(start, last, spec);
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
