import { type Column, lengthOf, type NumericColumn } from '../columns.ts';
import type { Random } from '../random.ts';
import { drawSample } from '../sampling.ts';
import { frequentCategories } from './frequent-categories.ts';
import { chooseThresholds } from './thresholds.ts';

/** How the values of a feature are sorted into bins. The bin after the last is for missing values. */
export type FeatureBins = NumericBins | CategoricalBins;

export interface NumericBins {
  readonly kind: 'numeric';
  readonly name: string;
  readonly thresholds: Float64Array;
}

export interface CategoricalBins {
  readonly kind: 'categorical';
  readonly name: string;
  /** By bin. */
  readonly categories: readonly string[];
}

/** Bins of values; the number of the bin of missing ones. */
export const binsOf = (bins: FeatureBins): number =>
  bins.kind === 'numeric' ? bins.thresholds.length + 1 : bins.categories.length;

/** Quantiles of more examples than this are taken from a sample of as many. */
const MOST_SORTED = 200_000;

export function chooseBins(columns: readonly Column[], random: Random): FeatureBins[] {
  const examples = columns[0] === undefined ? 0 : lengthOf(columns[0]);
  const sample = examples > MOST_SORTED ? drawSample(examples, MOST_SORTED, random).drawn : undefined;
  return columns.map(column =>
    column.kind === 'numeric'
      ? { kind: column.kind, name: column.name, thresholds: chooseThresholds(sortedValues(column, sample)) }
      : { kind: column.kind, name: column.name, categories: frequentCategories(column) },
  );
}

function sortedValues({ values }: NumericColumn, sample: Int32Array | undefined): Float64Array {
  const taken =
    sample === undefined ? values : Float64Array.from(sample, example => values[example] ?? Number.NaN);
  return taken.filter(value => !Number.isNaN(value)).sort();
}
