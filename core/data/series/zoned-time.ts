import { firstMoment, offsetAt } from '../../spec/time-zones.ts';

const DAY = 86_400_000;

/** What the clocks of a zone show at a moment, in the UTC fields of a Date. */
export const clockAt = (moment: Date, zone: string): Date =>
  new Date(moment.getTime() + offsetAt(moment.getTime(), zone));

/**
 * The first moment at which the clocks of a zone show a time, given in the UTC fields of a Date. Of two such moments,
 * as when clocks go back, it is the earlier; where clocks skip the time, it is the moment of the change.
 */
export function momentOf(clock: Date, zone: string): Date {
  const shown = clock.getTime();
  // The offsets in force before and after any change that could be near.
  const offsets = [offsetAt(shown - DAY, zone), offsetAt(shown + DAY, zone)];
  const [low, high] = [shown - Math.max(...offsets), shown - Math.min(...offsets)];
  const isReached = (moment: number): boolean => moment + offsetAt(moment, zone) >= shown;
  return new Date(low === high || isReached(low) ? low : firstMoment(low, high, isReached));
}
