import fc from 'fast-check';
import { expect, test } from 'vitest';
import { levelsOf } from '../../../../core/evaluation/tabular/levels.ts';

const column = (length: number, value: (row: number) => number): Float64Array =>
  Float64Array.from({ length }, (_, row) => value(row));

test('ten groups of equally many rows, from the lowest predictions to the highest, whatever the order of the rows', () => {
  // Predictions 0 to 99 in another order; what happens is ten more, and in the highest group twenty more.
  const predicted = column(100, row => (row * 37) % 100);
  const observed = predicted.map(value => value + (value < 90 ? 10 : 20));
  const levels = levelsOf(predicted, observed);
  expect(levels).toHaveLength(10);
  expect(levels[0]).toEqual({ from: 0, to: 9, rows: 10, predicted: 4.5, observed: 14.5 });
  expect(levels[9]).toEqual({ from: 90, to: 99, rows: 10, predicted: 94.5, observed: 114.5 });
});

test('few rows make fewer groups', () => {
  const values = column(25, row => row);
  expect(levelsOf(values, values)).toEqual([
    { from: 0, to: 12, rows: 13, predicted: 6, observed: 6 },
    { from: 13, to: 24, rows: 12, predicted: 18.5, observed: 18.5 },
  ]);
  expect(
    levelsOf(
      column(3, () => 2),
      column(3, row => row),
    ),
  ).toEqual([{ from: 2, to: 2, rows: 3, predicted: 2, observed: 1 }]);
  expect(
    levelsOf(
      column(0, () => 0),
      column(0, () => 0),
    ),
  ).toEqual([]);
});

test('equal predictions are in one group; every row is in one, and groups do not overlap', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer()), { minLength: 1 }), rows => {
      const predicted = Float64Array.from(rows, ([value]) => value);
      const levels = levelsOf(
        predicted,
        Float64Array.from(rows, ([, value]) => value),
      );
      expect(levels.reduce((sum, level) => sum + level.rows, 0)).toBe(rows.length);
      for (const [i, { from, to, rows: count }] of levels.entries()) {
        expect(count).toBe(rows.filter(([value]) => value >= from && value <= to).length);
        if (i > 0) expect(from).toBeGreaterThan(levels[i - 1]?.to ?? Number.NaN);
      }
    }),
  );
});
