import { expect, test } from 'vitest';
import { isDaysLong, lengthOf, STEPS } from '../../../core/init/steps.ts';
import { parseDuration } from '../../../core/spec/duration.ts';

test('lengths are written in the largest unit that divides them', () => {
  expect(lengthOf('1 hour', 24)).toBe('1 day');
  expect(lengthOf('1 hour', 36)).toBe('36 hours');
  expect(lengthOf('15 minutes', 96)).toBe('1 day');
  expect(lengthOf('15 minutes', 5)).toBe('75 minutes');
  expect(lengthOf('1 day', 14)).toBe('14 days');
  expect(lengthOf('1 week', 13)).toBe('13 weeks');
  expect(lengthOf('3 months', 4)).toBe('12 months');
  expect(lengthOf('1 year', 3)).toBe('3 years');
});

test('steps go from the finest to the coarsest, and all are durations', () => {
  const days = STEPS.map(({ every }) => {
    const duration = parseDuration(every);
    return (duration?.milliseconds ?? Number.NaN) / 86_400_000 + (duration?.months ?? Number.NaN) * 30.4;
  });
  expect(days).toEqual(days.toSorted((a, b) => a - b));
  expect(STEPS.filter(step => isDaysLong(step)).map(({ every }) => every)).toEqual([
    '1 day',
    '1 week',
    '1 month',
    '3 months',
    '1 year',
  ]);
});
