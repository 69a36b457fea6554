import { type FeatureHistogram, totalsAt } from './histogram.ts';
import { gainOf, isWeight, minus, type Split, type SplitRules, type Totals } from './split.ts';

interface Cut {
  readonly gain: number;
  /** The last bin of values on the left side. */
  readonly last: number;
  readonly left: Totals;
}

/**
 * The best question "is the value at most …" about a feature. Missing values go to the side where they gain more; where
 * a node has none, to the heavier side.
 *
 * Source: Chen and Guestrin 2016, algorithms 1 (over bins in place of values) and 3 (missing values).
 * @returns Undefined unless it gains more than `least`.
 */
export function bestNumericSplit(
  of: FeatureHistogram,
  node: Totals,
  rules: SplitRules,
  least: number,
): Split | undefined {
  const missingBin = of.bins - 1;
  const missing = totalsAt(of, missingBin);
  const anyMissing = isWeight(missing.weight, node);
  const missingRight = bestCut(of, node, rules, NOTHING, least);
  const missingLeft = anyMissing
    ? bestCut(of, node, rules, missing, Math.max(least, missingRight?.gain ?? 0))
    : undefined;
  const cut = missingLeft ?? missingRight;
  if (cut === undefined) return undefined;
  const right = minus(node, cut.left);
  const goesLeft = new Uint8Array(256).fill(1, 0, cut.last + 1);
  const isLeft = anyMissing ? cut === missingLeft : cut.left.weight > right.weight;
  goesLeft[missingBin] = isLeft ? 1 : 0;
  const question = { kind: 'threshold', last: cut.last } as const;
  return { gain: cut.gain, feature: of.feature, goesLeft, question, left: cut.left, right };
}

const NOTHING: Totals = { gradient: 0, hessian: 0, weight: 0 };

/**
 * The best last bin of the left side, which has the bins up to it and what `along` holds. It may have every value: the
 * missing ones are then apart.
 */
function bestCut(
  { histogram, offset, stride, bins }: FeatureHistogram,
  node: Totals,
  rules: SplitRules,
  along: Totals,
  least: number,
): Cut | undefined {
  let { gradient, hessian, weight } = along;
  let best = least;
  let last = -1;
  let left = along;
  for (let bin = 0; bin < bins - 1; bin++) {
    const at = offset + bin * stride;
    gradient += histogram[at] ?? 0;
    hessian += histogram[at + 1] ?? 0;
    weight += histogram[at + stride - 1] ?? 0;
    const gain = gainOf(gradient, hessian, weight, node, rules);
    if (gain > best) {
      best = gain;
      last = bin;
      left = { gradient, hessian, weight };
    }
  }
  return last < 0 ? undefined : { gain: best, last, left };
}
