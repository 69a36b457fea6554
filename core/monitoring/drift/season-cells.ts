import type { Cycle } from '../../spec/learning.ts';

/** How many cells each cycle has: hours of the day, hours of the week, months of the year. */
export const CELLS: Readonly<Record<Cycle, number>> = { day: 24, week: 168, year: 12 };

/** What the cells of each cycle are. */
export const CELL_NAMES: Readonly<Record<Cycle, string>> = {
  day: 'hour of the day',
  week: 'hour of the week',
  year: 'month of the year',
};

const HOUR = 3_600_000;
/** Hours from the Monday before 1 January 1970, a Thursday, to it. */
const FROM_MONDAY = 72;

/** Cell of a moment (milliseconds since 1970, in UTC): weeks begin on Mondays. -1 for a moment that is missing. */
export function cellOf(cycle: Cycle, moment: number): number {
  if (!Number.isFinite(moment)) return -1;
  if (cycle === 'year') return new Date(moment).getUTCMonth();
  const cells = CELLS[cycle];
  const hour = Math.floor(moment / HOUR) + (cycle === 'week' ? FROM_MONDAY : 0);
  return ((hour % cells) + cells) % cells;
}

/** The cell that each moment lies in. */
export const cellsAt = (cycle: Cycle, moments: Float64Array): Int32Array =>
  Int32Array.from(moments, moment => cellOf(cycle, moment));
