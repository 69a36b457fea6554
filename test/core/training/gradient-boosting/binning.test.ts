import { describe, expect, test } from 'vitest';
import { frequentCategories } from '../../../../core/training/gradient-boosting/binning/frequent-categories.ts';
import { binOf, chooseThresholds } from '../../../../core/training/gradient-boosting/binning/thresholds.ts';
import { fc } from '../../../support/properties.ts';
import { categorical, numbers } from './support.ts';

const thresholdsOf = (...values: number[]): number[] => [...chooseThresholds(numbers(...values).sort())];

describe('chooseThresholds', () => {
  test.each([
    ['midway between neighbours', [4, 1, 2, 1], [1.5, 3]],
    ['none for a constant', [5, 5, 5], []],
    ['none for no value', [], []],
    ['both zeros are one value', [0, -0, 1], [0.5]],
    ['infinities are apart from finite values', [-Infinity, 1, 2, Infinity], [-Infinity, 1.5, 2]],
    ['no overflow', [-1.5e308, 1.5e308], [0]],
    ['neighbouring doubles', [1, 1 + Number.EPSILON], [1]],
    ['neighbouring denormals', [0, Number.MIN_VALUE], [0]],
  ])('%s', (_name, values, expected) => {
    expect(thresholdsOf(...values)).toEqual(expected);
  });

  test('255 different values have a bin each, 256 do not', () => {
    expect(thresholdsOf(...Array.from({ length: 255 }, (_, i) => i))).toHaveLength(254);
    expect(thresholdsOf(...Array.from({ length: 256 }, (_, i) => i)).length).toBeLessThan(255);
  });

  test('bins are of about equal size, and a frequent value costs the others nothing', () => {
    // Half of 20,400 values are 0, the others all different: 254 bins for them.
    const values = Float64Array.from({ length: 20_400 }, (_, i) => (i < 10_200 ? 0 : i)).sort();
    const thresholds = chooseThresholds(values);
    const sizes = new Int32Array(thresholds.length + 1);
    for (const value of values) sizes[binOf(value, thresholds)] = (sizes[binOf(value, thresholds)] ?? 0) + 1;
    expect(sizes[0]).toBe(10_200);
    expect(sizes.length).toBeGreaterThan(240);
    expect(Math.max(...sizes.slice(1))).toBeLessThanOrEqual(42);
  });

  test('bins are ordered as values are, and every value of a bin is within its borders', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 600 }), values => {
        const thresholds = chooseThresholds(numbers(...values).sort());
        expect(thresholds.length).toBeLessThanOrEqual(254);
        for (const value of values) {
          const bin = binOf(value, thresholds);
          expect(value).toBeLessThanOrEqual(thresholds[bin] ?? Infinity);
          expect(bin === 0 || value > (thresholds[bin - 1] ?? Number.NaN)).toBe(true);
        }
        const distinct = new Set(values.map(value => value + 0)).size;
        if (distinct <= 255)
          expect(new Set(values.map(value => binOf(value, thresholds))).size).toBe(distinct);
      }),
    );
  });
});

describe('frequentCategories', () => {
  test('those that occur, by frequency, then by name', () => {
    const column = categorical('city', 'b', 'a', 'c', 'c', undefined);
    expect(frequentCategories({ ...column, categories: [...column.categories, 'never'] })).toEqual([
      'c',
      'a',
      'b',
    ]);
  });

  test('equal names are one category', () => {
    const column = { ...categorical('city'), codes: Int32Array.of(0, 1, 1, 2), categories: ['a', 'b', 'a'] };
    expect(frequentCategories(column)).toEqual(['a', 'b']);
  });

  test('255 at most', () => {
    const names = Array.from({ length: 300 }, (_, i) => `c${i}`);
    const kept = frequentCategories(categorical('id', ...names, 'c299'));
    expect(kept).toHaveLength(255);
    expect(kept[0]).toBe('c299');
  });
});
