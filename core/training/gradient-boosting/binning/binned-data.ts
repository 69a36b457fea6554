import type { CategoricalColumn, Column, NumericColumn } from '../columns.ts';
import type { Labelled } from '../losses/loss.ts';
import { binsOf, type CategoricalBins, type FeatureBins, type NumericBins } from './choose-bins.ts';
import { binOf } from './thresholds.ts';

/** Examples by feature, each value replaced by the number of its bin. */
export interface BinnedData {
  readonly examples: number;
  readonly features: readonly BinnedFeature[];
}

export interface BinnedFeature {
  readonly kind: FeatureBins['kind'];
  /** One element per example. */
  readonly bins: Uint8Array;
  /** Bins, the one of missing values, which is the last, included. */
  readonly count: number;
}

/** Examples in bins, and what they are to predict. */
export interface BinnedExamples extends Labelled {
  readonly data: BinnedData;
}

/** @param columns In the order of `bins` and of their kinds. */
export function binColumns(
  columns: readonly Column[],
  bins: readonly FeatureBins[],
  examples: number,
): BinnedData {
  const features = bins.map((feature, index): BinnedFeature => {
    const column = columns[index];
    return { kind: feature.kind, bins: binColumn(column, feature, examples), count: binsOf(feature) + 1 };
  });
  return { examples, features };
}

function binColumn(column: Column | undefined, feature: FeatureBins, examples: number): Uint8Array {
  if (column?.kind === 'numeric' && feature.kind === 'numeric') return binNumbers(column, feature);
  if (column?.kind === 'categorical' && feature.kind === 'categorical') return binCategories(column, feature);
  return new Uint8Array(examples).fill(binsOf(feature));
}

function binNumbers({ values }: NumericColumn, feature: NumericBins): Uint8Array {
  const bins = new Uint8Array(values.length);
  const missing = binsOf(feature);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    bins[i] = Number.isNaN(value) ? missing : binOf(value, feature.thresholds);
  }
  return bins;
}

function binCategories({ codes, categories }: CategoricalColumn, feature: CategoricalBins): Uint8Array {
  const binOfCode = categoryBins(categories, feature.categories);
  const missing = binsOf(feature);
  const bins = new Uint8Array(codes.length);
  for (let i = 0; i < codes.length; i++) bins[i] = binOfCode[codes[i] ?? -1] ?? missing;
  return bins;
}

/**
 * The bin of each of a column's categories, by name: columns may number the same names differently. Names without a
 * bin have that of missing values.
 */
export function categoryBins(categories: readonly string[], binned: readonly string[]): Uint8Array {
  const binOfName = new Map(binned.map((name, bin) => [name, bin]));
  return Uint8Array.from(categories, name => binOfName.get(name) ?? binned.length);
}
