import type { FeatureBins } from '../binning/choose-bins.ts';
import type { GrownNode, GrownTree } from './grow-tree.ts';
import { NODE, SET_BYTES, type Tree } from './tree.ts';

/**
 * A grown tree in terms of values in place of bins.
 * @param leafValues By node.
 */
export function finishTree(
  { nodes }: GrownTree,
  leafValues: Float64Array,
  bins: readonly FeatureBins[],
): Tree {
  const kinds = new Uint8Array(nodes.length);
  const features = new Int32Array(nodes.length);
  const children = new Int32Array(nodes.length);
  const values = leafValues.slice();
  const sets: Uint8Array[] = [];
  for (const [index, { split, left }] of nodes.entries()) {
    if (split === undefined) continue;
    const feature = bins[split.feature];
    features[index] = split.feature;
    children[index] = left;
    if (split.question.kind === 'categories') {
      kinds[index] = NODE.categories;
      values[index] = sets.push(setOf(split.goesLeft)) - 1;
    } else if (feature?.kind === 'numeric') {
      const missing = feature.thresholds.length + 1;
      kinds[index] = split.goesLeft[missing] === 1 ? NODE.missingLeft : NODE.missingRight;
      // The last bin has no upper border: everything but missing values goes left.
      values[index] = feature.thresholds[split.question.last] ?? Infinity;
    }
  }
  return { kinds, features, children, values, sets: Uint8Array.from(sets.flatMap(set => [...set])) };
}

/** Flags of 256 bins as bits. */
function setOf(goesLeft: Uint8Array): Uint8Array {
  const set = new Uint8Array(SET_BYTES);
  for (const [bin, flag] of goesLeft.entries()) set[bin >> 3] = (set[bin >> 3] ?? 0) | (flag << (bin & 7));
  return set;
}

/** The leaves of a grown tree, with their places. */
export const leavesOf = ({ nodes }: GrownTree): [place: number, leaf: GrownNode][] =>
  [...nodes.entries()].filter(([, { split }]) => split === undefined);
