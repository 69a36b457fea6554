import { expect, test } from 'vitest';
import type { Column } from '../../../../core/data/features/columns.ts';
import { compareColumn } from '../../../../core/monitoring/drift/compare-column.ts';
import { compress, sketchColumn } from '../../../../core/monitoring/drift/sketch-column.ts';
import { samplePoints } from '../../../../core/monitoring/drift/statistics/points.ts';
import { wasserstein } from '../../../../core/monitoring/drift/statistics/wasserstein.ts';
import { seededRandom } from '../../../../core/training/seeded-random.ts';

const random = seededRandom(4);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

test.each([
  ['bell-shaped', normal, 1, 0.003],
  ['skewed', () => Math.exp(normal()), Math.sqrt((Math.E - 1) * Math.E), 0.01],
  ['even', random, Math.sqrt(1 / 12), 0.001],
])('a sketch of 50,000 %s values is close to them, in standard deviations', (_, draw, sd, most) => {
  const sorted = Float64Array.from({ length: 50_000 }, draw).sort();
  const { values, weights } = compress(sorted, 1000);
  expect(values.length).toBeLessThanOrEqual(1000);
  const points = { values: Float64Array.from(values), weights: Float64Array.from(weights) };
  expect(wasserstein(points, samplePoints(sorted)) / sd).toBeLessThan(most);
});

test('up to 1,000 different values it is exact, however many rows have them', () => {
  const sorted = Float64Array.from({ length: 50_000 }, () => Math.floor(900 * random())).sort();
  const { values, weights } = compress(sorted, 1000);
  const points = { values: Float64Array.from(values), weights: Float64Array.from(weights) };
  expect(wasserstein(points, samplePoints(sorted))).toBeLessThan(1e-9);
});

test('100,000 categories do not explode: the most frequent are told apart, others are counted', () => {
  const column: Column = {
    ...{ kind: 'categorical', name: 'c', categories: Array.from({ length: 100_000 }, (_, i) => `c${i}`) },
    codes: Int32Array.from({ length: 150_000 }, (_, i) => (i < 100_000 ? i : i % 500)),
  };
  const sketch = sketchColumn(column);
  expect(sketch).toMatchObject({ kind: 'category', distinct: 100_000 });
  if (sketch.kind !== 'category') throw new Error('no categories');
  expect(sketch.categories).toHaveLength(1000);
  expect(sketch.counts.at(-1)).toBe(99_000);
  expect(JSON.stringify(sketch).length).toBeLessThan(50_000);
  // Whether a value is new, nobody can tell.
  const { unseen } = compareColumn('c', sketch, column, { cells: undefined, psi: false });
  expect(unseen).toBeNull();
});

test('columns without a value, and constant ones, are told in words', () => {
  const options = { cells: undefined, psi: true };
  const of = (value: number, rows = 100): Column => ({
    ...{ kind: 'numeric', name: 'n', values: new Float64Array(rows).fill(value) },
  });
  expect(compareColumn('n', sketchColumn(of(Number.NaN)), of(1), options)).toMatchObject({
    ...{
      test: null,
      drifted: true,
      reason: '0.0 % of the rows have no value, against 100.0 %; The reference has no value',
    },
  });
  expect(compareColumn('n', sketchColumn(of(1)), of(1), options)).toMatchObject({
    test: 'z',
    drifted: false,
    p: 1,
  });
  expect(compareColumn('n', sketchColumn(of(1)), of(2), options)).toMatchObject({ test: 'z', drifted: true });
  expect(compareColumn('n', sketchColumn(of(1)), of(1, 3), options)).toMatchObject({
    ...{ test: null, drifted: false, reason: '3 values are too few to compare; it takes 5' },
  });
});

test('of very many rows every k-th says the same', () => {
  const of = (rows: number): Column => ({
    ...{ kind: 'numeric', name: 'n', values: Float64Array.from({ length: rows }, normal) },
  });
  const sketch = sketchColumn(of(20_000));
  const large = of(450_000);
  const options = { cells: undefined, psi: false };
  const { distance } = compareColumn('n', sketch, large, options);
  if (sketch.kind !== 'number' || large.kind !== 'numeric') throw new Error('no numbers');
  const points = {
    values: Float64Array.from(sketch.overall.values),
    weights: Float64Array.from(sketch.overall.weights),
  };
  const exact = wasserstein(points, samplePoints(large.values.slice().sort())) / sketch.sd;
  expect(Math.abs((distance ?? 1) - exact)).toBeLessThan(0.005);
});
