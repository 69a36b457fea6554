import { describe, expect, test } from 'vitest';
import {
  calibrate,
  conformalQuantile,
  intervalsAround,
  scoresOf,
  spreadOf,
} from '../../../core/training/conformal.ts';
import { fc } from '../../support/properties.ts';

const _ = Number.NaN;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const values = (...numbers: number[]): Float64Array => Float64Array.from(numbers);

describe('conformalQuantile', () => {
  test('is the ceil((n + 1) share)-th smallest score', () => {
    expect(conformalQuantile(upTo(9), 0.8)).toBe(8);
    expect(conformalQuantile(upTo(10), 0.8)).toBe(9);
    expect(conformalQuantile(upTo(19), 0.95)).toBe(19);
    expect(conformalQuantile(upTo(99), 0.95)).toBe(95);
  });

  test('is undefined with fewer scores than share / (1 - share)', () => {
    expect([3, 4].map(n => conformalQuantile(upTo(n), 0.8))).toEqual([undefined, 4]);
    expect([18, 19].map(n => conformalQuantile(upTo(n), 0.95))).toEqual([undefined, 19]);
  });

  test('covers a new exchangeable score at least as often as it promises, and not much more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 60 }), n => {
        // Among n + 1 exchangeable scores each rank is equally likely to be the new one: count those that are covered.
        const all = upTo(n + 1);
        const covered = all.filter(fresh => {
          const quantile = conformalQuantile(
            all.filter(score => score !== fresh),
            0.8,
          );
          return quantile !== undefined && fresh <= quantile;
        }).length;
        expect(covered / (n + 1)).toBeGreaterThanOrEqual(0.8);
        expect(covered / (n + 1)).toBeLessThan(0.8 + 1 / (n + 1) + 1e-9);
      }),
    );
  });
});

describe('calibrate', () => {
  const times = (factor: number, scores: number[]): number[] => scores.map(score => factor * score);

  test('enough scores: every step has its own width', () => {
    expect(calibrate([upTo(19), times(2, upTo(19))])).toEqual({
      80: { widths: [16, 32], basis: 'scores' },
      95: { widths: [19, 38], basis: 'scores' },
      scores: 38,
    });
  });

  test('a width never falls: such steps share their scores', () => {
    // Of the 38 scores of 2, 4, … 38 and 1, 2, … 19 together: ranks ⌈39 · 0.8⌉ = 32 and ⌈39 · 0.95⌉ = 38.
    const { 80: narrow, 95: wide } = calibrate([times(2, upTo(19)), upTo(19), times(3, upTo(19))]);
    expect(narrow).toEqual({ widths: [26, 26, 48], basis: 'scores' });
    expect(wide).toEqual({ widths: [38, 38, 57], basis: 'scores' });
  });

  test('steps with too few scores share with their neighbours, no further than needed', () => {
    const { 80: narrow, 95: wide } = calibrate([upTo(10), upTo(10), times(2, upTo(10)), times(2, upTo(10))]);
    // 80 % needs 4 scores, 95 % needs 19.
    expect(narrow).toEqual({ widths: [9, 9, 18, 18], basis: 'scores' });
    expect(wide).toEqual({ widths: [10, 10, 20, 20], basis: 'scores' });
  });

  test('the last steps may get scores only from the steps before', () => {
    // The third step is alone and too small a sample for 95 %: all 30 share, rank ⌈31 · 0.95⌉ = 30.
    expect(calibrate([upTo(10), upTo(10), times(2, upTo(10))])[95]).toEqual({
      widths: [20, 20, 20],
      basis: 'scores',
    });
  });

  test('too few altogether: the largest score', () => {
    expect(calibrate([[3], [1], [2]])).toEqual({
      80: { widths: [3, 3, 3], basis: 'largest' },
      95: { widths: [3, 3, 3], basis: 'largest' },
      scores: 3,
    });
  });

  test('no score: no intervals', () => {
    expect(calibrate([[], []])[80]).toEqual({ widths: [null, null], basis: 'none' });
  });

  test('a step without scores has the width of its neighbours', () => {
    expect(calibrate([[], upTo(4), []])[80]).toEqual({ widths: [4, 4, 4], basis: 'scores' });
  });

  test('widths never fall, and the wide interval contains the narrow one', () => {
    const scores = fc.array(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 30 }), {
      ...{ minLength: 1, maxLength: 6 },
    });
    fc.assert(
      fc.property(scores, steps => {
        const { 80: narrow, 95: wide } = calibrate(steps);
        for (const [i, width] of narrow.widths.entries()) {
          if (width === null) expect(wide.widths[i]).toBeNull();
          else expect(wide.widths[i]).toBeGreaterThanOrEqual(width);
          expect(width ?? 0).toBeGreaterThanOrEqual(narrow.widths[i - 1] ?? 0);
          expect(wide.widths[i] ?? 0).toBeGreaterThanOrEqual(wide.widths[i - 1] ?? 0);
        }
      }),
    );
  });
});

test('scoresOf: absolute errors by step ahead, in units of the spread', () => {
  const series = { actual: values(1, 2, _, 8), forecast: values(2, 6, 1, 4), ahead: [1, 2, 1, 2], spread: 2 };
  expect(scoresOf([series], 3)).toEqual([[0.5], [2, 2], []]);
});

describe('spreadOf', () => {
  test.each([
    ['seasonal differences', [1, 5, 3, 9], 2, 3],
    ['differences of neighbours, where seasons repeat exactly', [1, 4, 1, 4], 2, 3],
    ['the size of a constant', [-5, -5, _], 2, 5],
    ['1 for nothing but zeros', [0, 0, 0], 2, 1],
    ['1 for nothing at all', [_, _], 2, 1],
  ])('%s', (_name, history, lag, spread) => {
    expect(spreadOf(values(...history), lag)).toBe(spread);
  });
});

describe('intervalsAround', () => {
  const calibration = {
    80: { widths: [1, 2], basis: 'scores' as const },
    95: { widths: [3, null], basis: 'scores' as const },
    scores: 2,
  };

  test('widths by step ahead times the spread, not below the floor, missing without evidence', () => {
    expect(intervalsAround(values(10, 3), calibration, { ahead: [1, 2], spread: 2, floor: 0 })).toEqual({
      80: { lower: values(8, 0), upper: values(12, 7) },
      95: { lower: values(4, _), upper: values(16, _) },
    });
  });

  test('may be negative for a series that may', () => {
    const { 80: narrow } = intervalsAround(values(0), calibration, {
      ahead: [1],
      spread: 1,
      floor: -Infinity,
    });
    expect(narrow).toEqual({ lower: values(-1), upper: values(1) });
  });
});
