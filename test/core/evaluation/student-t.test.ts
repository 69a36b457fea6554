import { expect, test } from 'vitest';
import { studentQuantile } from '../../../core/evaluation/student-t.ts';

/** Values of printed tables. */
test.each([
  [0.9, 1, 3.0777],
  [0.9, 2, 1.8856],
  [0.95, 3, 2.3534],
  [0.95, 10, 1.8125],
  [0.975, 5, 2.5706],
  [0.975, 30, 2.0423],
  [0.999, 4, 7.1732],
  [0.5, 7, 0],
])('the %f quantile with %d degrees of freedom', (share, degrees, expected) => {
  expect(studentQuantile(share, degrees)).toBeCloseTo(expected, 4);
});

test('very many degrees are those of the normal distribution', () => {
  expect(studentQuantile(0.95, 1_000_000)).toBeCloseTo(1.6449, 1);
  expect(studentQuantile(0.975, 200)).toBeCloseTo(1.9719, 4);
});
