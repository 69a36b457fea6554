import { describe, expect, test } from 'vitest';
import { Random } from '../../../../core/training/gradient-boosting/random.ts';
import { drawSample, sizeOf } from '../../../../core/training/gradient-boosting/sampling.ts';
import { fc } from '../../../support/properties.ts';

describe('Random', () => {
  test('is xoshiro128**', () => {
    const random = new Random([1, 2, 3, 4]);
    expect(Array.from({ length: 4 }, () => random.bits())).toEqual([11520, 0, 5927040, 70819200]);
  });

  test('takes its state from SplitMix64', () => {
    // The first two outputs of SplitMix64 for the seed 0.
    const state = [0x7b1dcdaf, 0xe220a839, 0xa1b965f4, 0x6e789e6a] as const;
    const [seeded, expected] = [Random.seeded(0), new Random(state)];
    for (let i = 0; i < 10; i++) expect(seeded.bits()).toBe(expected.bits());
  });
});

describe('drawSample', () => {
  test('draws so many, all different, both parts ascending', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (n, share, seed) => {
          const { drawn, rest } = drawSample(n, sizeOf(share, n), Random.seeded(seed));
          expect(drawn.length).toBe(sizeOf(share, n));
          expect([...drawn]).toEqual([...drawn].sort((a, b) => a - b));
          expect([...rest]).toEqual([...rest].sort((a, b) => a - b));
          expect(new Set([...drawn, ...rest]).size).toBe(n);
        },
      ),
    );
  });

  test('every number is drawn as often as the others', () => {
    const random = Random.seeded(7);
    const counts = new Int32Array(10);
    for (let i = 0; i < 10_000; i++)
      for (const k of drawSample(10, 3, random).drawn) counts[k] = (counts[k] ?? 0) + 1;
    // 3,000 expected; the standard deviation is 46.
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(230);
  });
});

test('sizeOf rounds, and is never nothing', () => {
  expect([sizeOf(0.5, 5), sizeOf(0.01, 10), sizeOf(1, 7)]).toEqual([3, 1, 7]);
});
