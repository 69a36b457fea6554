import { expect, test } from 'vitest';
import { readableTime } from '../../../core/insights/readable-time.ts';

test.each([
  ['2026-03-16T00:00:00.000Z', '2026-03-16'],
  ['2026-03-16T05:30:00.000Z', '2026-03-16 05:30'],
  ['2026-03-16T00:00:07.000Z', '2026-03-16 00:00:07'],
  ['2026-03-16T09:00:00+09:00', '2026-03-16'],
  ['2026-03-16T10:00:00.250Z', '2026-03-16 10:00:00.250'],
])('%s is %s', (moment, text) => {
  expect(readableTime(moment)).toBe(text);
});
