import { expect, test } from 'vitest';
import { bestCategorySplit } from '../../../../core/training/gradient-boosting/trees/category-split.ts';
import type { FeatureHistogram } from '../../../../core/training/gradient-boosting/trees/histogram.ts';
import { bestNumericSplit } from '../../../../core/training/gradient-boosting/trees/numeric-split.ts';
import type { Totals } from '../../../../core/training/gradient-boosting/trees/split.ts';
import { fc } from '../../../support/properties.ts';

/** Sums of a bin: whole numbers, so that nothing is rounded. */
type Bin = readonly [gradient: number, weight: number];

const rules = { l2: 1, minWeight: 1, minHessian: 1e-3 };

function histogramOf(bins: readonly Bin[]): FeatureHistogram {
  return { feature: 0, histogram: Float64Array.from(bins.flat()), stride: 2, offset: 0, bins: bins.length };
}

function totalsOf(bins: readonly Bin[]): Totals {
  const weight = bins.reduce((sum, bin) => sum + bin[1], 0);
  return { gradient: bins.reduce((sum, bin) => sum + bin[0], 0), hessian: weight, weight };
}

/** The gain of each division that `divisions` names by flags per bin. */
function bestOf(bins: readonly Bin[], divisions: readonly (readonly boolean[])[]): number {
  const score = ({ gradient, hessian }: Totals): number => gradient ** 2 / (hessian + rules.l2);
  const gains = divisions.map(isLeft => {
    const left = totalsOf(bins.filter((_, bin) => isLeft[bin]));
    const right = totalsOf(bins.filter((_, bin) => !isLeft[bin]));
    if (Math.min(left.weight, right.weight) < rules.minWeight) return 0;
    return score(left) + score(right) - score(totalsOf(bins));
  });
  return Math.max(0, ...gains);
}

const bin = (weight: fc.Arbitrary<number>): fc.Arbitrary<Bin> =>
  fc
    .tuple(fc.integer({ min: -20, max: 20 }), weight)
    .map(([gradient, w]) => [w === 0 ? 0 : gradient, w] as const);

test('no threshold, with missing values on either side, gains more than the one that is found', () => {
  fc.assert(
    fc.property(fc.array(bin(fc.integer({ min: 0, max: 5 })), { minLength: 2, maxLength: 9 }), bins => {
      const missing = bins.length - 1;
      const divisions = [...bins.keys()].flatMap(last =>
        [true, false].map(missingLeft =>
          bins.map((_, index) => (index === missing ? missingLeft : index <= last)),
        ),
      );
      const split = bestNumericSplit(histogramOf(bins), totalsOf(bins), rules, 0);
      expect(split?.gain ?? 0).toBeCloseTo(bestOf(bins, divisions), 9);
      if (split !== undefined) {
        expect(bestOf(bins, [[...split.goesLeft.subarray(0, bins.length)].map(flag => flag === 1)])).toBe(
          split.gain,
        );
        expect(split.left).toEqual(totalsOf(bins.filter((_, index) => split.goesLeft[index] === 1)));
        expect(split.right).toEqual(totalsOf(bins.filter((_, index) => split.goesLeft[index] === 0)));
      }
    }),
    { numRuns: 500 },
  );
});

test('no set of equally frequent categories gains more than the one that is found', () => {
  fc.assert(
    fc.property(fc.array(bin(fc.constant(12)), { minLength: 2, maxLength: 8 }), bins => {
      const divisions = Array.from({ length: 2 ** bins.length }, (_, set) =>
        bins.map((_, index) => ((set >> index) & 1) === 1),
      );
      const split = bestCategorySplit(histogramOf(bins), totalsOf(bins), { ...rules, l2: 0 }, 0);
      const score = ({ gradient, weight }: Totals): number => (weight === 0 ? 0 : gradient ** 2 / weight);
      const best = Math.max(
        ...divisions.map(
          isLeft =>
            score(totalsOf(bins.filter((_, index) => isLeft[index]))) +
            score(totalsOf(bins.filter((_, index) => !isLeft[index]))) -
            score(totalsOf(bins)),
        ),
      );
      expect(split?.gain ?? 0).toBeCloseTo(best, 9);
    }),
  );
});
