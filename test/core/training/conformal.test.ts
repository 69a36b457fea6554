import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  calibrate,
  conformalQuantile,
  intervalsAround,
  scoresOf,
  spreadOf,
} from '../../../core/training/conformal.ts';

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
  test('enough scores: every step has its own width', () => {
    const double = upTo(19).map(score => 2 * score);
    expect(calibrate([upTo(19), double])).toEqual({
      80: { widths: [16, 32], basis: 'step' },
      95: { widths: [19, 38], basis: 'step' },
      scores: 38,
    });
  });

  test('too few per step: the steps share one width', () => {
    const calibration = calibrate([upTo(10), upTo(10)]);
    expect(calibration[80]).toEqual({ widths: [9, 9], basis: 'step' });
    expect(calibration[95]).toEqual({ widths: [10, 10], basis: 'pooled' });
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

  test('the wide interval contains the narrow one, whatever each rests on', () => {
    const scores = fc.array(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 30 }), {
      ...{ minLength: 1, maxLength: 6 },
    });
    fc.assert(
      fc.property(scores, steps => {
        const { 80: narrow, 95: wide } = calibrate(steps);
        for (const [i, width] of narrow.widths.entries()) {
          if (width === null) expect(wide.widths[i]).toBeNull();
          else expect(wide.widths[i]).toBeGreaterThanOrEqual(width);
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
    80: { widths: [1, 2], basis: 'step' as const },
    95: { widths: [3, null], basis: 'step' as const },
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
