import { cellCounts, expectedCounts, expectedPoints } from './expected.ts';
import { countCodes, isPresent, rowsOf, type Sample, sortedValues, thinned } from './sample.ts';
import { type CategorySketch, type NumberSketch, presentOf, type Sketch } from './sketch-record.ts';
import { chiSquared } from './statistics/chi-squared.ts';
import { jensenShannon } from './statistics/jensen-shannon.ts';
import { kolmogorovSmirnov } from './statistics/kolmogorov-smirnov.ts';
import { samplePoints, totalOf } from './statistics/points.ts';
import { twoProportions } from './statistics/two-proportions.ts';
import { wasserstein } from './statistics/wasserstein.ts';

/** References up to this many values are tested; of more, every difference would be significant. */
export const TESTED = 1000;

export const TESTS = ['kolmogorov-smirnov', 'chi-squared', 'z', 'wasserstein', 'jensen-shannon'] as const;
export type TestName = (typeof TESTS)[number];

/** How far a sample is from what the reference lets expect. */
export interface Comparison {
  readonly test: TestName;
  /** As the test defines it. */
  readonly statistic: number;
  /** Null for a distance. */
  readonly p: number | null;
  /**
   * What does not grow with the sample: the statistic itself of Kolmogorov-Smirnov and of the distances, and of the
   * others √(χ²·(n + m) / (n·m)), so that samples of different size can be compared.
   */
  readonly distance: number;
}

/**
 * Compares a sample with a sketch, by the test that Evidently would choose: for references of up to 1,000 values
 * Kolmogorov-Smirnov for numbers, Z for two categories and chi-squared for more; above, and where the reference is
 * matched by season and so is no sample any more, Wasserstein's distance in standard deviations for numbers, and
 * Jensen-Shannon's for categories.
 *
 * Source: Evidently's documentation, "Data drift algorithm".
 * @param cells Of the season, one per row.
 * @param dependent Values follow from those before them, as in a series: no p value holds, so that distances decide.
 * @returns undefined where either side has no value.
 */
export function compareSample(
  sketch: Sketch,
  sample: Sample,
  cells: Int32Array | undefined,
  dependent = false,
): Comparison | undefined {
  if (presentOf(sketch) === 0) return undefined;
  if (sketch.kind === 'number' && sample.kind === 'number')
    return compareNumbers(sketch, sample, cells, dependent);
  if (sketch.kind === 'category' && sample.kind === 'category')
    return compareCategories(sketch, sample, cells);
  return undefined;
}

const isTested = (sketch: Sketch): boolean => presentOf(sketch) <= TESTED && sketch.cells === null;

function compareNumbers(
  sketch: NumberSketch,
  sample: Extract<Sample, { kind: 'number' }>,
  cells: Int32Array | undefined,
  dependent: boolean,
): Comparison | undefined {
  const sorted = sortedValues(thinned(sample.values));
  if (sorted.length === 0) return undefined;
  if (!dependent && isTested(sketch)) {
    const { statistic, p } = kolmogorovSmirnov(repeated(sketch.overall), sorted);
    return { test: 'kolmogorov-smirnov', statistic, p, distance: statistic };
  }
  const expected = expectedPoints(sketch, cellCounts(sample, cells));
  const distance = wasserstein(expected, samplePoints(sorted)) / sketch.sd;
  return { test: 'wasserstein', statistic: distance, p: null, distance };
}

/** The sample that points stand for: each value as often as it was there. */
function repeated({ values, weights }: NumberSketch['overall']): Float64Array {
  const all = new Float64Array(totalOf(weights));
  let at = 0;
  for (const [i, value] of values.entries()) {
    const count = weights[i] ?? 0;
    all.fill(value, at, at + count);
    at += count;
  }
  return all;
}

function compareCategories(
  sketch: CategorySketch,
  sample: Extract<Sample, { kind: 'category' }>,
  cells: Int32Array | undefined,
): Comparison | undefined {
  const own = countCodes(sample.codes, sketch.counts.length);
  const n = totalOf(own);
  if (n === 0) return undefined;
  if (!isTested(sketch)) {
    const distance = jensenShannon(expectedCounts(sketch, cellCounts(sample, cells)), own);
    return { test: 'jensen-shannon', statistic: distance, p: null, distance };
  }
  const m = totalOf(sketch.counts);
  const size = Math.sqrt((n + m) / (n * m));
  const isBinary = sketch.counts.filter((count, i) => count + (own[i] ?? 0) > 0).length <= 2;
  if (isBinary) {
    const { statistic, p } = twoProportions(
      { count: own[0] ?? 0, of: n },
      { count: sketch.counts[0] ?? 0, of: m },
    );
    return { test: 'z', statistic, p, distance: Math.abs(statistic) * size };
  }
  const { statistic, p } = chiSquared(sketch.counts, own);
  return { test: 'chi-squared', statistic, p, distance: Math.sqrt(statistic) * size };
}

/** Share of rows without a value. */
export function missingShareOf(sample: Sample): number {
  const rows = rowsOf(sample);
  if (rows === 0) return 0;
  let missing = 0;
  for (let row = 0; row < rows; row++) if (!isPresent(sample, row)) missing++;
  return missing / rows;
}
