import { describe, expect, test } from 'vitest';
import { findSeasons, strengthOf } from '../../../../core/data/series/seasons.ts';

/** Deterministic noise in [-1, 1). */
function noise(length: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

const hours = (length: number, value: (t: number) => number, gaps: (t: number) => boolean = () => false) => {
  const wobble = noise(length);
  return Float64Array.from({ length }, (_, t) => (gaps(t) ? Number.NaN : value(t) + 0.2 * (wobble[t] ?? 0)));
};

const day = (t: number): number => Math.sin((2 * Math.PI * t) / 24);
const weekend = (t: number): number => (Math.floor(t / 24) % 7 < 5 ? 2 : 0);

describe('findSeasons', () => {
  test('finds a day, and does not take its multiples for seasons', () => {
    const found = findSeasons([hours(24 * 42, t => day(t) + t / 100)], [24, 168]);
    expect(found.map(({ lag }) => lag)).toEqual([24]);
    expect(found[0]?.autocorrelation).toBeGreaterThan(0.9);
  });

  test('puts a week before a day where weekends differ', () => {
    const found = findSeasons([hours(24 * 42, t => day(t) + weekend(t))], [24, 168]);
    expect(found.map(({ lag }) => lag)).toEqual([168, 24]);
  });

  test('looks through gaps', () => {
    expect(findSeasons([hours(24 * 42, day, t => t % 5 === 0)], [24]).map(({ lag }) => lag)).toEqual([24]);
  });

  test('finds nothing in noise, in a trend and in a constant', () => {
    expect(findSeasons([Float64Array.from(noise(500))], [7, 24])).toEqual([]);
    expect(findSeasons([hours(500, t => t)], [7, 24])).toEqual([]);
    expect(findSeasons([new Float64Array(500).fill(3)], [7, 24])).toEqual([]);
  });

  test('says nothing of fewer than three seasons', () => {
    expect(findSeasons([hours(71, day)], [24])).toEqual([]);
    expect(findSeasons([hours(72, day)], [24]).map(({ lag }) => lag)).toEqual([24]);
  });
});

test('the autocorrelation of an exact repetition is one', () => {
  const series = Float64Array.from({ length: 70 }, (_, t) => [3, 1, 4, 1, 5, 9, 2][t % 7] ?? 0);
  expect(strengthOf([series], 7)).toEqual({
    lag: 7,
    autocorrelation: expect.closeTo(1, 10),
    significant: true,
  });
});
