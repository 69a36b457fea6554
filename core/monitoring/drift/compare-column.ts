import type { Column } from '../../data/features/columns.ts';
import { readableNumber, readableShare } from '../../insights/readable.ts';
import { boundOf, chunksFor, LEAST_VALUES } from './chunks.ts';
import { type Comparison, compareSample, missingShareOf, type TestName } from './compare-sample.ts';
import type { ColumnDrift } from './drift-record.ts';
import { cellCounts, expectedCounts, expectedPoints } from './expected.ts';
import { histogramOf, quantileOf } from './histogram.ts';
import { categoryOf, countCodes, rowsOf, type Sample, sampleFor } from './sample.ts';
import { presentOf, type Sketch } from './sketch-record.ts';
import { populationStability } from './statistics/population-stability.ts';

/** What a test must be below, and a distance above. Evidently's defaults. */
const SIGNIFICANT = 0.05;
export const FAR = 0.1;

/** Bins of the population stability index. */
const TENTHS = 10;

/** Unseen values that are named. */
const NAMED = 5;

const TEST_LABELS: Readonly<Record<TestName, string>> = {
  'kolmogorov-smirnov': 'Kolmogorov-Smirnov distance',
  'chi-squared': 'Effect (chi-squared test)',
  z: 'Effect (Z test)',
  wasserstein: 'Wasserstein distance in standard deviations',
  'jensen-shannon': 'Jensen-Shannon distance',
};

/**
 * Whether a column of a window has drifted from its reference. A distance must be above 0.1, a p value below 0.05, and
 * either above what chunks of the reference of that size hardly ever reach: their mean plus three standard deviations.
 * The share of missing values is looked at in the same way.
 * @param options.cells Of the season, one per row, where the reference is matched by it.
 */
export function compareColumn(
  name: string,
  sketch: Sketch,
  column: Column,
  options: {
    readonly cells: Int32Array | undefined;
    readonly psi: boolean;
    /**
     * Values follow from those before them, as in a series: then no p value holds, and only chunks of the reference
     * tell what may be chance.
     * @default false
     */
    readonly dependent?: boolean;
  },
): ColumnDrift {
  const { cells } = options;
  const sample = sampleFor(sketch, column);
  const rows = rowsOf(sample);
  const missing = missingOf(sketch, sample);
  const gone = Math.abs(missing.window - missing.reference) / missing.threshold;
  const present = Math.round(rows * (1 - missing.window));
  const found = present < LEAST_VALUES ? undefined : compareSample(sketch, sample, cells, options.dependent);
  const chunks = chunksFor(sketch, rows);
  const needed = options.dependent === true || sketch.cells !== null;
  const judged = found && judge(found, chunks && boundOf(chunks.distance), needed);
  const excess = judged === undefined ? undefined : Math.max(judged.excess, gone);
  return {
    ...{ name, kind: sketch.kind, test: judged?.test ?? null, statistic: judged?.statistic ?? null },
    ...{ p: judged?.p ?? null, distance: judged?.distance ?? null, threshold: judged?.threshold ?? null },
    excess: excess ?? (gone > 1 ? gone : null),
    drifted: Math.max(excess ?? 0, gone) > 1,
    reason: reasonOf({ sketch, present, judged, missing, gone }),
    missing,
    unseen: unseenOf(sketch, column, present),
    psi: options.psi && present > 0 ? stabilityOf(sketch, sample, cells) : null,
    histogram: histogramOf(sketch, sample, cells),
  };
}

interface Judged extends Comparison {
  readonly threshold: number;
  readonly excess: number;
}

/** @param needed Whether there is no telling without the bound that chunks give. */
function judge(found: Comparison, bound: number | undefined, needed: boolean): Judged | undefined {
  const { p, distance } = found;
  if (bound === undefined && needed) return undefined;
  if (p === null) {
    const threshold = Math.max(FAR, bound ?? 0);
    return { ...found, threshold, excess: distance / threshold };
  }
  const threshold = bound ?? 0;
  // The logarithm makes a factor of a p value that is 1 where the p value is significant.
  const significance = Math.log(Math.max(p, Number.MIN_VALUE)) / Math.log(SIGNIFICANT);
  const excess = threshold > 0 ? Math.min(distance / threshold, significance) : significance;
  return { ...found, threshold, excess };
}

function missingOf(sketch: Sketch, sample: Sample): ColumnDrift['missing'] {
  const chunks = chunksFor(sketch, rowsOf(sample));
  return {
    reference: sketch.rows === 0 ? 0 : sketch.missing / sketch.rows,
    window: missingShareOf(sample),
    threshold: Math.max(FAR, chunks === undefined ? 0 : boundOf(chunks.missing)),
  };
}

function reasonOf(o: {
  readonly sketch: Sketch;
  readonly present: number;
  readonly judged: Judged | undefined;
  readonly missing: ColumnDrift['missing'];
  readonly gone: number;
}): string {
  const { judged, missing } = o;
  const sentences: string[] = [];
  if (o.gone > 1)
    sentences.push(
      `${readableShare(missing.window)} of the rows have no value, against ${readableShare(missing.reference)}`,
    );
  if (judged !== undefined) {
    const significance = judged.p === null ? '' : `, p ${readableNumber(judged.p)}`;
    const verdict = judged.excess > 1 ? 'above' : 'not above';
    sentences.push(
      `${TEST_LABELS[judged.test]} ${readableNumber(judged.distance)}${significance}, ${
        judged.p !== null && judged.p >= SIGNIFICANT
          ? 'which is not significant'
          : `${verdict} ${readableNumber(judged.threshold)}`
      }`,
    );
  } else if (presentOf(o.sketch) === 0) sentences.push('The reference has no value');
  else if (o.present < LEAST_VALUES) {
    sentences.push(`${o.present} values are too few to compare; it takes ${LEAST_VALUES}`);
  } else sentences.push('The reference is too small to tell how far chance takes so few rows');
  return sentences.join('; ');
}

/** Categories of the window that the reference does not have. */
function unseenOf(sketch: Sketch, column: Column, present: number): ColumnDrift['unseen'] {
  if (sketch.kind === 'number' || sketch.distinct > sketch.categories.length) return null;
  const known = new Set(sketch.categories);
  const found = new Map<string, number>();
  const rows = column.kind === 'categorical' ? column.codes.length : column.values.length;
  let unseen = 0;
  for (let row = 0; row < rows; row++) {
    const category = categoryOf(column, row);
    if (category === undefined || known.has(category)) continue;
    unseen++;
    found.set(category, (found.get(category) ?? 0) + 1);
  }
  const named = [...found].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, NAMED);
  return {
    rows: unseen,
    share: present === 0 ? 0 : unseen / present,
    values: named.map(([category]) => category),
  };
}

/** Over tenths of the whole reference, or over its categories. */
function stabilityOf(sketch: Sketch, sample: Sample, cells: Int32Array | undefined): number | null {
  const counts = cellCounts(sample, cells);
  if (sketch.kind === 'category' && sample.kind === 'category') {
    return populationStability(
      expectedCounts(sketch, counts),
      countCodes(sample.codes, sketch.counts.length),
    );
  }
  if (sketch.kind !== 'number' || sample.kind !== 'number' || presentOf(sketch) === 0) return null;
  const edges = Array.from({ length: TENTHS - 1 }, (_, i) => quantileOf(sketch.overall, (i + 1) / TENTHS));
  const binOf = (value: number): number => {
    const bin = edges.findIndex(edge => value <= edge);
    return bin === -1 ? TENTHS - 1 : bin;
  };
  const expected = expectedPoints(sketch, counts);
  const [reference, window] = [new Float64Array(TENTHS), new Float64Array(TENTHS)];
  for (let i = 0; i < expected.values.length; i++) {
    const bin = binOf(expected.values[i] ?? 0);
    reference[bin] = (reference[bin] ?? 0) + (expected.weights[i] ?? 0);
  }
  for (const value of sample.values) {
    if (!Number.isNaN(value)) {
      const bin = binOf(value);
      window[bin] = (window[bin] ?? 0) + 1;
    }
  }
  return populationStability(reference, window);
}
