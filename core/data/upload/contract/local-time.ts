import type { ReadOptions } from '../../../spec/schema.ts';
import { clockSql, offsetSql } from '../../zone-sql.ts';

/**
 * SQL for the two moments, in UTC, that a local time can mean: by the offset in force a day before, and by that a day
 * after. They differ only around a change of the clocks.
 */
export function candidates(local: string, timezone: string): [string, string] {
  const by = (days: number): string => {
    return `${local} - (${offsetSql(`(${local} + INTERVAL (${days}) DAY)`, timezone)})`;
  };
  return [by(-1), by(1)];
}

/**
 * SQL for the moment, in UTC, that a local time means. NULL in the gap when the clocks go forward, and where the
 * hour repeats when they go back, unless the contract says which of the two is meant.
 */
export function resolve(
  local: string,
  [before, after]: readonly [string, string],
  timezone: string,
  ambiguous: ReadOptions['ambiguous'],
): string {
  const exists = (moment: string): string => `${clockSql(moment, timezone)} = ${local}`;
  const both = {
    error: 'NULL',
    earlier: `least(${before}, ${after})`,
    later: `greatest(${before}, ${after})`,
  };
  return `CASE WHEN ${before} = ${after} THEN ${before}
    WHEN ${exists(before)} AND ${exists(after)} THEN ${both[ambiguous]}
    WHEN ${exists(before)} THEN ${before}
    WHEN ${exists(after)} THEN ${after} END`;
}
