import { isPresent, rowsOf, type Sample } from './sample.ts';
import type { CategorySketch, NumberSketch } from './sketch-record.ts';
import { type Points, totalOf } from './statistics/points.ts';

/**
 * The cells that the values of a sample lie in, and how many lie in each: what the reference must be weighted by, so
 * that a window of nights is compared with nights. Undefined without a season.
 */
export function cellCounts(sample: Sample, cells: Int32Array | undefined): Map<number, number> | undefined {
  if (cells === undefined) return undefined;
  const counts = new Map<number, number>();
  for (let row = 0; row < rowsOf(sample); row++) {
    const cell = cells[row] ?? -1;
    if (isPresent(sample, row)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return counts;
}

/** The numbers that the reference lets expect in these cells; a cell that it has no values of counts as any. */
export function expectedPoints(
  { overall, cells }: NumberSketch,
  counts: ReadonlyMap<number, number> | undefined,
): Points {
  const toPoints = ({ values, weights }: NumberSketch['overall']): Points => ({
    values: Float64Array.from(values),
    weights: Float64Array.from(weights),
  });
  if (cells === null || counts === undefined) return toPoints(overall);
  const known = new Map(cells.map(({ cell, ...points }) => [cell, points]));
  const mixed: [value: number, weight: number][] = [];
  for (const [cell, rows] of counts) {
    const { values, weights } = known.get(cell) ?? overall;
    const scale = rows / totalOf(weights);
    for (const [i, value] of values.entries()) mixed.push([value, (weights[i] ?? 0) * scale]);
  }
  mixed.sort(([a], [b]) => a - b);
  return {
    values: Float64Array.from(mixed, ([value]) => value),
    weights: Float64Array.from(mixed, ([, weight]) => weight),
  };
}

/** The counts of categories that the reference lets expect in these cells. */
export function expectedCounts(
  { counts: overall, cells }: CategorySketch,
  counts: ReadonlyMap<number, number> | undefined,
): Float64Array {
  if (cells === null || counts === undefined) return Float64Array.from(overall);
  const known = new Map(cells.map(({ cell, counts: own }) => [cell, own]));
  const mixed = new Float64Array(overall.length);
  for (const [cell, rows] of counts) {
    const own = known.get(cell) ?? overall;
    const scale = rows / totalOf(own);
    for (const [i, count] of own.entries()) mixed[i] = (mixed[i] ?? 0) + count * scale;
  }
  return mixed;
}
