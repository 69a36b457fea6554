import { expect, test } from 'vitest';
import { clocksOf, firstMoment, offsetsOf } from '../../../core/spec/time-zones.ts';

const HOUR = 3_600_000;

const changesIn = (zone: string, year: number): [string, number][] =>
  clocksOf(zone)
    .changes.map(({ from, offset }): [string, number] => [new Date(from).toISOString(), offset / HOUR])
    .filter(([from]) => from.startsWith(String(year)));

test('clocks change when the law of the place says so', () => {
  expect(changesIn('Europe/Berlin', 2021)).toEqual([
    ['2021-03-28T01:00:00.000Z', 2],
    ['2021-10-31T01:00:00.000Z', 1],
  ]);
  expect(changesIn('America/New_York', 2021)).toEqual([
    ['2021-03-14T07:00:00.000Z', -4],
    ['2021-11-07T06:00:00.000Z', -5],
  ]);
  // Standard time in the month of Ramadan, 42 days apart.
  expect(changesIn('Africa/Casablanca', 2022)).toEqual([
    ['2022-03-27T02:00:00.000Z', 0],
    ['2022-05-08T02:00:00.000Z', 1],
  ]);
  // One day was left out: the clocks went forward by 24 hours.
  expect(changesIn('Pacific/Apia', 2011)).toEqual([
    ['2011-04-02T14:00:00.000Z', -11],
    ['2011-09-24T14:00:00.000Z', -10],
    ['2011-12-30T10:00:00.000Z', 14],
  ]);
  expect(clocksOf('Asia/Tokyo').changes).toEqual([{ from: Date.UTC(1990, 0), offset: 9 * HOUR }]);
});

test('the offsets of a zone are those of all its clocks', () => {
  expect([...offsetsOf('Europe/Berlin')]).toEqual([HOUR, 2 * HOUR]);
  expect([...offsetsOf('Asia/Kathmandu')]).toEqual([5.75 * HOUR]);
  expect([...offsetsOf('UTC')]).toEqual([0]);
});

test('the first moment of what holds from then on', () => {
  expect(firstMoment(0, 1000, moment => moment >= 617)).toBe(617);
  expect(firstMoment(0, 1000, moment => moment >= 1)).toBe(1);
  expect(firstMoment(999, 1000, () => true)).toBe(1000);
});
