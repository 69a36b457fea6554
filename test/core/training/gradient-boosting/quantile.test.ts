import { expect, test } from 'vitest';
import { quantileOf } from '../../../../core/training/gradient-boosting/quantile.ts';
import { select } from '../../../../core/training/gradient-boosting/select.ts';
import { fc } from '../../../support/properties.ts';
import { numbers } from './support.ts';

test.each([
  ['the middle one of three', [5, 1, 3], 0.5, 3],
  ['halfway between the middle two of four', [4, 1, 3, 2], 0.5, 2.5],
  ['halfway where the share is met exactly', [10, 20, 30, 40, 50], 0.8, 45],
  ['the first at or above the share', [10, 20, 30, 40, 50], 0.7, 40],
  ['a single value', [7], 0.01, 7],
  ['the largest', [1, 2, 3], 0.999, 3],
])('%s', (_name, values, level, expected) => {
  expect(quantileOf(numbers(...values), undefined, level)).toBe(expected);
  expect(quantileOf(numbers(...values), numbers(...values.map(() => 1)), level)).toBe(expected);
});

test('weights count as repetitions, 0 as absence', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 4 })), { minLength: 1 }),
      fc.constantFrom(0.25, 0.5, 0.75),
      (pairs, level) => {
        fc.pre(pairs.some(([, weight]) => weight > 0));
        const weighted = quantileOf(
          numbers(...pairs.map(([value]) => value)),
          numbers(...pairs.map(([, weight]) => weight)),
          level,
        );
        const repeated = pairs.flatMap(([value, weight]) => Array.from({ length: weight }, () => value));
        expect(weighted).toBe(quantileOf(numbers(...repeated), undefined, level));
      },
    ),
  );
});

test('select: the value of any rank, also where every pivot is bad', () => {
  // The middle is the least value, and so on inwards: a pivot from there takes one value away.
  const pipe = Array.from({ length: 999 }, (_, i) => Math.abs(i - 499));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        fc.constant(pipe),
        fc.constant(pipe.map(x => -x)),
      ),
      fc.nat(),
      (values, any) => {
        const rank = any % values.length;
        const moved = numbers(...values);
        const sorted = numbers(...values).sort();
        expect(select(moved, rank) + 0).toBe((sorted[rank] ?? 0) + 0);
        for (const value of moved.subarray(0, rank)) expect(value).toBeLessThanOrEqual(moved[rank] ?? 0);
        for (const value of moved.subarray(rank)) expect(value).toBeGreaterThanOrEqual(moved[rank] ?? 0);
      },
    ),
  );
});
