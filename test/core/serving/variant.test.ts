import { describe, expect, test } from 'vitest';
import { variantOf } from '../../../core/serving/variant.ts';
import { fc } from '../../support/properties.ts';

describe('variantOf', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => `request-${i}`);

  test.each([1, 10, 50])('%i percent of all ids go to the challenger', percent => {
    const share = ids.filter(id => variantOf(id, percent) === 'challenger').length / ids.length;
    // Four standard deviations of a binomial share.
    const tolerance = 4 * Math.sqrt(((percent / 100) * (1 - percent / 100)) / ids.length);
    expect(Math.abs(share - percent / 100)).toBeLessThan(tolerance);
  });

  test('none at 0, all at 100', () => {
    expect(ids.every(id => variantOf(id, 0) === 'champion')).toBe(true);
    expect(ids.every(id => variantOf(id, 100) === 'challenger')).toBe(true);
  });

  test('the same id keeps to its variant, and a larger share takes none away', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (id, a, b) => {
          expect(variantOf(id, a)).toBe(variantOf(id, a));
          const [less, more] = a < b ? [a, b] : [b, a];
          if (variantOf(id, less) === 'challenger') expect(variantOf(id, more)).toBe('challenger');
        },
      ),
    );
  });

  test('is the same for all time: SHA-256 of "a" begins with ca978112, which is 79.14 % of the way', () => {
    expect([variantOf('a', 79.13), variantOf('a', 79.14)]).toEqual(['champion', 'challenger']);
  });
});
