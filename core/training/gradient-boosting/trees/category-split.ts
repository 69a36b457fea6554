import { type FeatureHistogram, totalsAt } from './histogram.ts';
import { gainOf, isWeight, minus, type Split, type SplitRules, type Totals } from './split.ts';

/** A category with less weight than this in a node stays with the missing values: its mean says little. */
const LEAST_SUPPORT = 10;

/** Average examples of the node that each category is mixed with before categories are put in order. */
const SMOOTHING = 10;

/** Bins that go to the same side. */
interface Group {
  readonly bins: readonly number[];
  readonly totals: Totals;
  /** −value that the group would have as a leaf, smoothed. */
  readonly rank: number;
}

/**
 * The best question "is the category one of …" about a feature. In the order of their mean gradients, the best division
 * into two sets is one of the divisions between neighbours, so as many are tried as there are categories. Missing
 * values, categories without a bin and rare ones count as one category; where a node has none of them, they go to the
 * heavier side.
 *
 * Sources: Fisher, "On Grouping for Maximum Homogeneity", Journal of the American Statistical Association 53 (1958)
 * 789-798 (order); Ke et al. 2017 and the "cat_smooth" of LightGBM (smoothing, here towards the mean of the node).
 * @returns Undefined unless it gains more than `least`.
 */
export function bestCategorySplit(
  of: FeatureHistogram,
  node: Totals,
  rules: SplitRules,
  least: number,
): Split | undefined {
  const { groups, rest } = groupsOf(of, node);
  let gradient = 0;
  let hessian = 0;
  let weight = 0;
  let best = least;
  let leftGroups = 0;
  let left: Totals | undefined;
  for (const [index, { totals }] of groups.entries()) {
    gradient += totals.gradient;
    hessian += totals.hessian;
    weight += totals.weight;
    const gain = gainOf(gradient, hessian, weight, node, rules);
    if (gain > best) {
      best = gain;
      leftGroups = index + 1;
      left = { gradient, hessian, weight };
    }
  }
  if (left === undefined) return undefined;
  const right = minus(node, left);
  const restIsEmpty = !groups.some(({ bins }) => bins === rest);
  const goesLeft = new Uint8Array(256);
  for (const { bins } of groups.slice(0, leftGroups)) for (const bin of bins) goesLeft[bin] = 1;
  if (restIsEmpty && left.weight > right.weight) for (const bin of rest) goesLeft[bin] = 1;
  return { gain: best, feature: of.feature, goesLeft, question: { kind: 'categories' }, left, right };
}

/** Categories by rank; `rest` has the bins of missing values and rare categories, and is a group if it has weight. */
function groupsOf(of: FeatureHistogram, node: Totals): { groups: Group[]; rest: readonly number[] } {
  const mixedGradient = (SMOOTHING * node.gradient) / node.weight;
  const mixedHessian = (SMOOTHING * node.hessian) / node.weight;
  const groupOf = (bins: readonly number[], totals: Totals): Group => ({
    bins,
    totals,
    rank: (totals.gradient + mixedGradient) / (totals.hessian + mixedHessian),
  });
  const groups: Group[] = [];
  const rest: number[] = [];
  let gradient = 0;
  let hessian = 0;
  let weight = 0;
  for (let bin = 0; bin < of.bins; bin++) {
    const totals = totalsAt(of, bin);
    if (bin < of.bins - 1 && totals.weight >= LEAST_SUPPORT) {
      groups.push(groupOf([bin], totals));
      continue;
    }
    rest.push(bin);
    gradient += totals.gradient;
    hessian += totals.hessian;
    weight += totals.weight;
  }
  if (isWeight(weight, node)) groups.push(groupOf(rest, { gradient, hessian, weight }));
  // The sort is stable: equal ranks stay in the order of bins.
  return { groups: groups.sort((a, b) => a.rank - b.rank), rest };
}
