import { describe, expect, test } from 'vitest';
import { periodOf, startOfPeriod } from '../../../../core/data/series/grid.ts';
import { lastPeriodIsIncomplete } from '../../../../core/data/series/incomplete-period.ts';
import { durationOf } from '../../../../core/spec/schema.ts';

/** Whether the last period is incomplete, given the newest row of each period. */
const incomplete = (every: string, newest: string[]): boolean => {
  const length = durationOf(every);
  return lastPeriodIsIncomplete(
    newest.map(time => {
      const at = new Date(`${time}Z`);
      const period = periodOf(at, length);
      return {
        start: startOfPeriod(period, length),
        end: startOfPeriod(period + 1, length),
        newest: at,
        rows: 1,
      };
    }),
  );
};

/** `count` days in June 2026 with a newest row at these times of day, in turn. */
const days = (count: number, ...clock: string[]): string[] =>
  Array.from(
    { length: count },
    (_, i) => `2026-06-${String(i + 1).padStart(2, '0')}T${clock[i % clock.length]}`,
  );

describe('the last period is kept', () => {
  test('when rows have dates only', () => {
    expect(incomplete('1 day', days(5, '00:00'))).toBe(false);
    expect(
      incomplete('1 hour', ['2026-06-01T09:00', '2026-06-01T10:00', '2026-06-01T11:00', '2026-06-01T13:00']),
    ).toBe(false);
  });
  test('when it ends as usual, or earlier by less than usual days differ', () => {
    expect(incomplete('1 day', days(10, '23:00'))).toBe(false);
    expect(incomplete('1 day', [...days(9, '23:50', '23:20'), '2026-06-10T22:55'])).toBe(false);
  });
  test('when months only differ in length', () => {
    expect(incomplete('1 month', ['2025-11-01', '2025-12-01', '2026-01-01', '2026-02-01'])).toBe(false);
    expect(incomplete('1 month', ['2025-02-01', '2025-04-01', '2026-02-01', '2026-03-01'])).toBe(false);
    expect(incomplete('1 month', ['2025-10-31', '2025-12-31', '2026-01-31', '2026-02-28'])).toBe(false);
  });
  test('when there is too little to compare it with', () => {
    expect(incomplete('1 day', days(1, '03:00'))).toBe(false);
    expect(incomplete('1 day', [...days(2, '23:00'), '2026-06-03T01:00'])).toBe(false);
    expect(incomplete('1 day', [])).toBe(false);
  });
});

describe('the last period is incomplete', () => {
  test('when hourly rows stop at noon', () => {
    expect(incomplete('1 day', [...days(3, '23:00'), '2026-06-04T12:00'])).toBe(true);
    expect(incomplete('1 day', [...days(3, '23:00'), '2026-06-04T22:00'])).toBe(true);
  });
  test('when daily rows stop within the week or the month', () => {
    expect(incomplete('1 week', ['2026-05-31', '2026-06-07', '2026-06-14', '2026-06-18'])).toBe(true);
    expect(incomplete('1 month', ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-20'])).toBe(true);
  });
  test('when it ends earlier than irregular days ever did, by more than they differ', () => {
    expect(incomplete('1 day', [...days(9, '23:50', '23:20'), '2026-06-10T22:45'])).toBe(true);
  });
  test('when one delivery in a hundred days had been broken before', () => {
    const times = Array.from({ length: 120 }, (_, i) => {
      const day = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10);
      return `${day}T${i === 40 ? '02:00' : i === 119 ? '12:00' : '23:00'}`;
    });
    expect(incomplete('1 day', times)).toBe(true);
  });
});
