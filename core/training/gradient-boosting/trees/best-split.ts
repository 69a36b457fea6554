import type { BinnedData } from '../binning/binned-data.ts';
import { bestCategorySplit } from './category-split.ts';
import type { Histogram } from './histogram.ts';
import type { HistogramBuilder } from './histogram-builder.ts';
import { bestNumericSplit } from './numeric-split.ts';
import type { Split, SplitRules, Totals } from './split.ts';

/** The split of a node that gains most, the first of equals; undefined where none gains anything. */
export function bestSplit(
  { data, builder, rules }: { data: BinnedData; builder: HistogramBuilder; rules: SplitRules },
  histogram: Histogram,
  node: Totals,
  features: Int32Array,
): Split | undefined {
  let best: Split | undefined;
  for (const feature of features) {
    const find = data.features[feature]?.kind === 'categorical' ? bestCategorySplit : bestNumericSplit;
    best = find(builder.part(histogram, feature), node, rules, best?.gain ?? 0) ?? best;
  }
  return best;
}
