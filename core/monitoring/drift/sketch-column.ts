import type { Column } from '../../data/features/columns.ts';
import { lengthOf } from '../../data/features/columns.ts';
import { measureChunks } from './chunks.ts';
import { categoryOf, countCodes, sampleFor, sortedValues } from './sample.ts';
import type { CategorySketch, NumberSketch, Sketch } from './sketch-record.ts';
import { momentsOf } from './statistics/points.ts';

/** Points of a whole reference: up to so many different values they are exact. */
const POINTS = 1000;

/** Points of all cells of a season together, and the fewest of one. */
const CELL_POINTS = 8000;
const LEAST_CELL_POINTS = 20;

/** Numbers of up to so many different values are looked at as categories, as Evidently does. */
const FEW_VALUES = 5;

/** Categories that a sketch tells apart, and that all cells of a season do together. */
const CATEGORIES = 1000;
const CELL_CATEGORIES = 20_000;

/** Digits of a point that stands for several values. */
const DIGITS = 9;

/**
 * What is kept of a column of the reference: a bounded picture of its distribution, also by the cell of the season, and
 * how far chunks of it are from the whole. Equal columns give equal sketches.
 * @param column In the order of time.
 * @param cells Of the season, one per row: numbers from 0 to `cellCount` − 1, -1 where the time is unknown.
 */
export function sketchColumn(column: Column, cells?: Int32Array, cellCount = 0): Sketch {
  const sketch =
    column.kind === 'numeric' && hasManyValues(column.values)
      ? sketchNumbers(column.values, cells, cellCount)
      : sketchCategories(column, cells, cellCount);
  return { ...sketch, chunks: measureChunks(sketch, sampleFor(sketch, column), cells) };
}

function hasManyValues(values: Float64Array): boolean {
  const seen = new Set<number>();
  for (const value of values) {
    if (!Number.isNaN(value)) seen.add(value);
    if (seen.size > FEW_VALUES) return true;
  }
  return false;
}

/** The sketch of numbers, however few different ones they are; without its chunks. */
export function sketchNumbers(
  values: Float64Array,
  cells: Int32Array | undefined,
  cellCount: number,
): NumberSketch {
  const sorted = sortedValues(values);
  const exact = { values: sorted, weights: new Float64Array(sorted.length).fill(1) };
  const most = Math.max(LEAST_CELL_POINTS, Math.floor(CELL_POINTS / Math.max(1, cellCount)));
  const groups = cells && cellsOf(cells, cellCount).map(rows => sortedValues(pick(values, rows)));
  const { sd } = momentsOf(exact);
  const within = groups === undefined ? sd : sdWithin(groups);
  return {
    ...{ kind: 'number', rows: values.length, missing: values.length - sorted.length, chunks: [] },
    // Of equal values any other one is as far as it is off.
    sd: [within, sd].find(unit => unit > 0) ?? 1,
    overall: compress(sorted, POINTS),
    cells:
      groups?.flatMap((group, cell) => (group.length === 0 ? [] : { cell, ...compress(group, most) })) ??
      null,
  };
}

const pick = (values: Float64Array, rows: readonly number[]): Float64Array =>
  Float64Array.from(rows, row => values[row] ?? Number.NaN);

/** Rows of each cell. */
function cellsOf(cells: Int32Array, count: number): number[][] {
  const rows: number[][] = Array.from({ length: count }, () => []);
  for (const [row, cell] of cells.entries()) rows[cell]?.push(row);
  return rows;
}

/** Standard deviation of values around the means of their groups. */
function sdWithin(groups: readonly Float64Array[]): number {
  let [squares, values] = [0, 0];
  for (const group of groups) {
    if (group.length === 0) continue;
    const { sd } = momentsOf({ values: group, weights: new Float64Array(group.length).fill(1) });
    squares += sd ** 2 * group.length;
    values += group.length;
  }
  return values === 0 ? 0 : Math.sqrt(squares / values);
}

/**
 * Sorted values as at most `most` points: each different value with its count where these are few enough; else groups
 * of equal size, each at its mean. The distance of Wasserstein to the values is then the mean distance of values from
 * the means of their groups: of a normal distribution in 1,000 groups 0.002 standard deviations.
 */
export function compress(sorted: Float64Array, most: number): NumberSketch['overall'] {
  const distinct = sorted.reduce((count, value, i) => count + Number(i === 0 || value !== sorted[i - 1]), 0);
  const values: number[] = [];
  const weights: number[] = [];
  const add = (value: number, weight: number): void => {
    if (values.at(-1) === value) weights[weights.length - 1] = (weights.at(-1) ?? 0) + weight;
    else {
      values.push(value);
      weights.push(weight);
    }
  };
  if (distinct <= most) for (const value of sorted) add(value, 1);
  else {
    for (let group = 0; group < most; group++) {
      const part = sorted.subarray(
        Math.floor((group * sorted.length) / most),
        Math.floor(((group + 1) * sorted.length) / most),
      );
      if (part.length === 0) continue;
      const mean = part.reduce((sum, value) => sum + value / part.length, 0);
      add(Number(mean.toPrecision(DIGITS)), part.length);
    }
  }
  return { values, weights };
}

function sketchCategories(column: Column, cells: Int32Array | undefined, cellCount: number): CategorySketch {
  const rows = lengthOf(column);
  const all = new Map<string, number>();
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    const category = categoryOf(column, row);
    if (category === undefined) missing++;
    else all.set(category, (all.get(category) ?? 0) + 1);
  }
  const most =
    cells === undefined ? CATEGORIES : Math.min(CATEGORIES, Math.floor(CELL_CATEGORIES / cellCount));
  const categories = [...all]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([category]) => category);
  const sample = sampleFor({ kind: 'category', categories }, column);
  if (sample.kind !== 'category') throw new TypeError('Categories are counted as categories');
  const count = (codes: Int32Array): number[] => [...countCodes(codes, categories.length + 1)];
  return {
    ...{ kind: 'category', rows, missing, chunks: [], distinct: all.size, categories },
    counts: count(sample.codes),
    cells:
      cells === undefined
        ? null
        : cellsOf(cells, cellCount).flatMap((members, cell) => {
            const counts = count(Int32Array.from(members, row => sample.codes[row] ?? -1));
            return counts.every(n => n === 0) ? [] : { cell, counts };
          }),
  };
}
