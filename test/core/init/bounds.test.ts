import { describe, expect, test } from 'vitest';
import { boundsFor, degreesFor, roundDown, roundUp } from '../../../core/init/bounds.ts';
import { fc } from '../../support/properties.ts';

const many = { mean: 10, median: 10, count: 5000 };

describe('rounding outward', () => {
  test.each([
    [0, 0, 0],
    [1, 1, 1],
    [1.1, 2, 1],
    [4.99, 5, 2],
    [51, 100, 50],
    [0.03, 0.05, 0.02],
    [-7, -5, -10],
    [-1116, -1000, -2000],
  ])('%d goes up to %d and down to %d', (value, up, down) => {
    expect(roundUp(value)).toBe(up);
    expect(roundDown(value)).toBe(down);
  });

  test('never cuts a value off', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), value => {
        expect(roundUp(value)).toBeGreaterThanOrEqual(value);
        expect(roundDown(value)).toBeLessThanOrEqual(value);
      }),
    );
  });
});

describe('boundsFor', () => {
  test('leaves room for the range again when there are many values', () => {
    expect(boundsFor({ ...many, min: -7.7, max: 37.8 })).toEqual({
      min: -100,
      max: 100,
      why: '-7.7 to 37.8 seen; room for 45.5 more',
    });
  });

  test('leaves nine times the range when there are few', () => {
    expect(boundsFor({ ...many, count: 100, min: -1, max: 1 })).toMatchObject({ min: -20, max: 20 });
  });

  test('takes zero for a floor where zero is the least value', () => {
    expect(boundsFor({ ...many, min: 0, max: 118.9 })).toEqual({
      min: 0,
      max: 500,
      why: '0 to 118.9 seen, none below 0; room for 118.9 more',
    });
  });

  test('takes zero for a floor of skewed values over orders of magnitude', () => {
    expect(boundsFor({ ...many, mean: 700, median: 500, min: 21, max: 4962 })).toMatchObject({
      min: 0,
      max: 10_000,
    });
    expect(boundsFor({ ...many, mean: 500, median: 700, min: 21, max: 4962 })).toMatchObject({
      min: -10_000,
    });
  });

  test('does not take a summer for the year', () => {
    expect(boundsFor({ ...many, min: 3.2, max: 34 })).toMatchObject({ min: -100, max: 100 });
  });

  test('does not take a quiet month for the year', () => {
    expect(boundsFor({ ...many, min: 1015.4, max: 1019.5 })).toMatchObject({ min: 500, max: 2000 });
  });

  test('says nothing of few or constant values', () => {
    expect(boundsFor({ ...many, count: 29, min: 0, max: 9 })).toBeUndefined();
    expect(boundsFor({ ...many, min: 5, max: 5 })).toBeUndefined();
  });

  test('holds for every value seen', () => {
    const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 30, max: 1e6 }), (a, b, count) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const bounds = boundsFor({ min, max, mean: (min + max) / 2, median: min, count });
        expect(bounds?.min ?? min).toBeLessThanOrEqual(min);
        expect(bounds?.max ?? max).toBeGreaterThanOrEqual(max);
      }),
    );
  });
});

describe('degreesFor', () => {
  test('knows where degrees end', () => {
    expect(degreesFor('Latitude', { min: 7, max: 71 })).toMatchObject({ min: -90, max: 90 });
    expect(degreesFor('lng', { min: -176, max: 145 })).toMatchObject({ min: -180, max: 180 });
  });

  test('does not trust a name alone', () => {
    expect(degreesFor('lat', { min: 7, max: 91 })).toBeUndefined();
    expect(degreesFor('latency', { min: 7, max: 71 })).toBeUndefined();
  });
});
