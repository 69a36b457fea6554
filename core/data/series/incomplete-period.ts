/** A period that has rows. */
export interface ObservedPeriod {
  readonly start: Date;
  readonly end: Date;
  /** Time of its newest row. */
  readonly newest: Date;
  readonly rows: number;
}

/** Fewer earlier periods than these do not show what is usual. */
const FEWEST_EARLIER = 3;

/** One broken delivery in a hundred periods must not hide that the last one is broken. */
const USUAL_SHARE = 0.99;

/**
 * Whether the data of the last period evidently ends early: a delivery at noon has half a day in its last day, and
 * a forecast that learns from that half is wrong.
 *
 * Evidence is the gap between a period's newest row and the period's end, compared with the gaps of the earlier
 * periods. The last period is incomplete when its gap exceeds the usual largest gap by more than the whole range of
 * usual gaps. Rows stamped with dates only, or with the start of their period, all have the same gap, so such a
 * period is kept: nothing tells that it ended early. Gaps count both as time and as share of the period, and both
 * must be too large, because months differ in length.
 *
 * @param periods Periods with rows, in order of time, over the whole table.
 */
export function lastPeriodIsIncomplete(periods: readonly ObservedPeriod[]): boolean {
  const last = periods.at(-1);
  const earlier = periods.slice(0, -1);
  if (last === undefined || earlier.length < FEWEST_EARLIER) return false;
  return [gapOf, gapShareOf].every(measure => measure(last) > largestPlausible(earlier.map(measure)));
}

const gapOf = ({ end, newest }: ObservedPeriod): number => end.getTime() - newest.getTime();
const gapShareOf = (period: ObservedPeriod): number =>
  gapOf(period) / (period.end.getTime() - period.start.getTime());

function largestPlausible(gaps: readonly number[]): number {
  const sorted = gaps.toSorted((a, b) => a - b);
  const least = sorted[0] ?? 0;
  const most = sorted[Math.ceil(sorted.length * USUAL_SHARE) - 1] ?? 0;
  return most + (most - least);
}
