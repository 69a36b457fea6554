import { describe, expect, test } from 'vitest';
import { type Fill, fillGaps } from '../../../../core/data/series/fill.ts';
import { fc } from '../../../support/properties.ts';

const _ = Number.NaN;
const fill = (values: number[], how: Fill, ends?: number[]): number[] => [
  ...fillGaps(Float64Array.from(values), how, ends),
];

describe('gaps', () => {
  test.each<[Fill, number[]]>([
    ['none', [2, _, _, 8, _]],
    ['zero', [2, 0, 0, 8, 0]],
    ['previous', [2, 2, 2, 8, 8]],
    ['interpolate', [2, 4, 6, 8, _]],
  ])('%s', (how, expected) => {
    expect(fill([2, _, _, 8, _], how)).toEqual(expected);
  });

  test('interpolation does not look past the end of a part', () => {
    expect(fill([2, _, _, _, 10, _, 14], 'interpolate', [2, 7])).toEqual([2, _, 6, 8, 10, 12, 14]);
    expect(fill([2, _, _, _, 10, _, 14], 'interpolate', [2, 4, 7])).toEqual([2, _, _, _, 10, 12, 14]);
  });

  test('no filled value depends on a later part, and known values stay', () => {
    const values = fc.array(fc.oneof(fc.constant(_), fc.integer({ min: -50, max: 50 })), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        values,
        fc.constantFrom<Fill>('none', 'zero', 'previous', 'interpolate'),
        fc.nat(),
        (later, how, cut) => {
          const series = [1, ...later];
          const end = 1 + (cut % (series.length - 1));
          const whole = fill(series, how, [end, series.length]);
          expect(whole.slice(0, end)).toEqual(fill(series.slice(0, end), how));
          for (const [step, value] of series.entries())
            if (!Number.isNaN(value)) expect(whole[step]).toBe(value);
          if (how === 'zero' || how === 'previous') expect(whole).not.toContain(_);
        },
      ),
    );
  });
});
