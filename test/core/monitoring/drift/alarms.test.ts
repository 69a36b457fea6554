import { describe, expect, test } from 'vitest';
import type { Column } from '../../../../core/data/features/columns.ts';
import { compareColumn } from '../../../../core/monitoring/drift/compare-column.ts';
import { judgeColumns } from '../../../../core/monitoring/drift/dataset-drift.ts';
import { CELLS, cellOf } from '../../../../core/monitoring/drift/season-cells.ts';
import { sketchColumn } from '../../../../core/monitoring/drift/sketch-column.ts';
import type { Cycle } from '../../../../core/spec/learning.ts';
import { seededRandom } from '../../../../core/training/seeded-random.ts';

const HOUR = 3_600_000;
const SHARE = 0.5;

/** A standard normal number, by the method of Box and Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const numbers = (name: string, rows: number, of: (row: number) => number): Column => ({
  ...{ kind: 'numeric', name },
  values: Float64Array.from({ length: rows }, (_, row) => of(row)),
});

const CATEGORIES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const categories = (name: string, rows: number, of: (row: number) => number): Column => ({
  ...{ kind: 'categorical', name, categories: CATEGORIES },
  codes: Int32Array.from({ length: rows }, (_, row) => of(row)),
});

/** Six features as tables have them: bell-shaped, skewed, whole, two categories, several, with holes. */
const mixed = (rows: number, random: () => number): Column[] => [
  numbers('bell', rows, () => normal(random)),
  numbers('skewed', rows, () => Math.exp(normal(random))),
  numbers('whole', rows, () => Math.floor(10 * random() ** 2)),
  categories('binary', rows, () => Number(random() < 0.2)),
  categories('several', rows, () => Math.floor(7 * random() ** 2)),
  numbers('holes', rows, () => (random() < 0.3 ? Number.NaN : normal(random))),
];

function verdict(
  reference: readonly Column[],
  windows: readonly (readonly Column[])[],
  seasonal?: {
    readonly cycle: Cycle;
    readonly times: Float64Array;
    readonly windowTimes: readonly Float64Array[];
  },
) {
  const cellsOf = (times: Float64Array | undefined): Int32Array | undefined =>
    seasonal && times && Int32Array.from(times, time => cellOf(seasonal.cycle, time));
  const count = seasonal === undefined ? 0 : CELLS[seasonal.cycle];
  const sketches = reference.map(column => sketchColumn(column, cellsOf(seasonal?.times), count));
  return windows.map((window, w) => {
    const cells = cellsOf(seasonal?.windowTimes[w]);
    const drifts = window.flatMap((column, i) => {
      const sketch = sketches[i];
      return sketch === undefined ? [] : compareColumn(column.name, sketch, column, { cells, psi: false });
    });
    return judgeColumns(drifts, SHARE);
  });
}

describe('200 seeded windows without drift', () => {
  test.each([
    ['small', 800, 300],
    ['small, large windows', 600, 1200],
    ['large', 20_000, 1000],
    ['large, tiny windows', 20_000, 30],
  ] as const)('raise the alarm in at most one of twenty: %s reference', (_, rows, size) => {
    const random = seededRandom(7);
    const windows = Array.from({ length: 200 }, () => mixed(size, random));
    const verdicts = verdict(mixed(rows, random), windows);
    const alarms = verdicts.filter(({ datasetDrift }) => datasetDrift).length;
    expect(alarms).toBeLessThanOrEqual(10);
    // Not because nothing is looked at.
    expect(verdicts.every(({ tested }) => tested === 6)).toBe(true);
    const columns = verdicts.reduce((sum, { drifted }) => sum + drifted, 0);
    expect(columns / (200 * 6)).toBeLessThan(0.05);
  });

  test('of one feature alone as well', () => {
    const random = seededRandom(11);
    for (const rows of [500, 5000]) {
      const bell = (n: number): Column[] => [numbers('bell', n, () => normal(random))];
      const verdicts = verdict(
        bell(rows),
        Array.from({ length: 200 }, () => bell(500)),
      );
      expect(verdicts.filter(({ datasetDrift }) => datasetDrift).length).toBeLessThanOrEqual(10);
    }
  });
});

describe('a shift of half a standard deviation', () => {
  test.each([
    ['small', 500],
    ['large', 20_000],
  ] as const)('is found in at least 19 of 20 windows of 1,000 rows: %s reference', (_, rows) => {
    const random = seededRandom(3);
    const bell = (n: number, by: number): Column[] =>
      ['one', 'two', 'three', 'four'].map(name => numbers(name, n, () => normal(random) + by));
    const windows = Array.from({ length: 200 }, () => bell(1000, 0.5));
    const verdicts = verdict(bell(rows, 0), windows);
    expect(verdicts.filter(({ datasetDrift }) => datasetDrift).length).toBeGreaterThanOrEqual(190);
    const columns = verdicts.reduce((sum, { drifted }) => sum + drifted, 0);
    expect(columns / (200 * 4)).toBeGreaterThanOrEqual(0.95);
  });
});

describe('strongly seasonal data', () => {
  /** By the hour: a day whose height is ten times the noise, and quiet weekends. */
  const load = (time: number, random: () => number): number => {
    const hour = (time / HOUR) % 24;
    const weekday = Math.floor(time / HOUR / 24) % 7;
    return 10 * Math.sin((2 * Math.PI * hour) / 24) - (weekday >= 5 ? 6 : 0) + normal(random);
  };
  const hours = (from: number, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => (from + i) * HOUR);

  test.each([12, 24, 60])('raises no alarm by the season alone in windows of %d hours', size => {
    const random = seededRandom(5);
    const times = hours(0, 24 * 7 * 26);
    const starts = Array.from({ length: 200 }, (_, i) => 24 * 7 * 26 + i * 13);
    const windowTimes = starts.map(start => hours(start, size));
    const column = (moments: Float64Array): Column[] => [
      numbers('load', moments.length, row => load(moments[row] ?? 0, random)),
    ];
    const reference = column(times);
    const windows = windowTimes.map(column);
    const matched = verdict(reference, windows, { cycle: 'week', times, windowTimes });
    expect(matched.filter(({ datasetDrift }) => datasetDrift)).toEqual([]);
    // Without a season that is declared, chunks of the reference say as much.
    const plain = verdict(reference, windows);
    expect(plain.filter(({ datasetDrift }) => datasetDrift)).toEqual([]);
  });

  test('still shows a change that the season hides', () => {
    const random = seededRandom(6);
    const times = hours(0, 24 * 7 * 26);
    const windowTimes = Array.from({ length: 50 }, (_, i) => hours(24 * 7 * 26 + i * 13, 100));
    const column = (moments: Float64Array, by: number): Column[] => [
      numbers('load', moments.length, row => load(moments[row] ?? 0, random) + by),
    ];
    const windows = windowTimes.map(moments => column(moments, 1));
    const matched = verdict(column(times, 0), windows, { cycle: 'week', times, windowTimes });
    expect(matched.filter(({ datasetDrift }) => datasetDrift).length).toBe(50);
  });
});
