import { describe, expect, test } from 'vitest';
import { addDuration, parseDuration } from '../../../core/spec/duration.ts';
import { durationOf } from '../../../core/spec/schema.ts';

const moved = (from: string, text: string, times: number): string =>
  addDuration(new Date(from), durationOf(text), times).toISOString();

describe('parseDuration', () => {
  test.each(['1 minute', '15 minutes', '1 hour', '14 days', '2 weeks', '1 month', '3 years'])(
    'reads %j',
    text => {
      expect(parseDuration(text)?.text).toBe(text);
    },
  );

  test.each(['', '0 days', '-1 day', '1.5 hours', 'day', '1 fortnight', '1 day; drop table x', '1  day'])(
    'refuses %j',
    text => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('addDuration', () => {
  test('counts fixed lengths in milliseconds', () => {
    expect(moved('2001-05-31T00:00:00Z', '1 day', 14)).toBe('2001-06-14T00:00:00.000Z');
    expect(moved('2001-05-31T10:00:00Z', '15 minutes', -3)).toBe('2001-05-31T09:15:00.000Z');
  });

  test('counts months by the calendar and clamps the day', () => {
    expect(moved('2001-01-31T00:00:00Z', '1 month', 1)).toBe('2001-02-28T00:00:00.000Z');
    expect(moved('2000-01-31T00:00:00Z', '1 month', 1)).toBe('2000-02-29T00:00:00.000Z');
    expect(moved('2001-01-31T00:00:00Z', '1 month', -2)).toBe('2000-11-30T00:00:00.000Z');
    expect(moved('2000-02-29T12:00:00Z', '1 year', 1)).toBe('2001-02-28T12:00:00.000Z');
  });
});
