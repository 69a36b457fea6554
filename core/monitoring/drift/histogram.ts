import { readableNumber } from '../../insights/readable.ts';
import type { ColumnDrift } from './drift-record.ts';
import { cellCounts, expectedCounts, expectedPoints } from './expected.ts';
import { countCodes, type Sample, thinned } from './sample.ts';
import type { CategorySketch, NumberSketch, Sketch } from './sketch-record.ts';
import { type Points, totalOf } from './statistics/points.ts';

const BINS = 20;
const BARS = 12;

/** Share of the reference that each end of the picture leaves to one bin. */
const TAIL = 0.01;

/** What a page shows of a comparison: the same bins or categories for both. */
export function histogramOf(
  sketch: Sketch,
  sample: Sample,
  cells: Int32Array | undefined,
): ColumnDrift['histogram'] {
  const counts = cellCounts(sample, cells);
  if (sketch.kind === 'number' && sample.kind === 'number')
    return numberHistogram(sketch, expectedPoints(sketch, counts), thinned(sample.values));
  if (sketch.kind === 'category' && sample.kind === 'category') {
    return categoryHistogram(
      sketch,
      expectedCounts(sketch, counts),
      countCodes(sample.codes, sketch.counts.length),
    );
  }
  return { labels: [], reference: [], window: [] };
}

/** Bins of equal width over all but the ends of the reference; what lies beyond is in the first and in the last. */
function numberHistogram(
  { overall }: NumberSketch,
  expected: Points,
  values: Float64Array,
): ColumnDrift['histogram'] {
  const [low, high] = [quantileOf(overall, TAIL), quantileOf(overall, 1 - TAIL)];
  const width = (high - low) / BINS;
  const binOf = (value: number): number =>
    width > 0 ? Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / width))) : 0;
  const reference = new Float64Array(BINS);
  for (let i = 0; i < expected.values.length; i++) {
    const bin = binOf(expected.values[i] ?? 0);
    reference[bin] = (reference[bin] ?? 0) + (expected.weights[i] ?? 0);
  }
  const window = new Float64Array(BINS);
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const bin = binOf(value);
    window[bin] = (window[bin] ?? 0) + 1;
  }
  return {
    labels: Array.from({ length: BINS }, (_, i) => readableNumber(low + width * i)),
    reference: sharesOf(reference),
    window: sharesOf(window),
  };
}

/** A quantile of points. */
export function quantileOf({ values, weights }: NumberSketch['overall'], share: number): number {
  const total = totalOf(weights);
  let below = 0;
  for (const [i, value] of values.entries()) {
    below += weights[i] ?? 0;
    if (below >= share * total) return value;
  }
  return values.at(-1) ?? Number.NaN;
}

function categoryHistogram(
  { categories }: CategorySketch,
  expected: Float64Array,
  window: Float64Array,
): ColumnDrift['histogram'] {
  const [before, now] = [totalOf(expected), totalOf(window)];
  const size = (i: number): number => (expected[i] ?? 0) / before + (window[i] ?? 0) / now;
  const shown = [...categories.keys()].sort((a, b) => size(b) - size(a) || a - b).slice(0, BARS);
  const pick = (counts: Float64Array): number[] => {
    const shares = sharesOf(counts);
    const own = shown.map(i => shares[i] ?? 0);
    return [...own, Math.max(0, totalOf(shares) - totalOf(own))];
  };
  return {
    labels: [...shown.map(i => categories[i] ?? ''), 'all others'],
    reference: pick(expected),
    window: pick(window),
  };
}

const sharesOf = (counts: Float64Array): number[] => {
  const total = totalOf(counts);
  return Array.from(counts, count => (total === 0 ? 0 : count / total));
};
