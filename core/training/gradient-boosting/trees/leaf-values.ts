import type { Labelled, Loss } from '../losses/loss.ts';
import { quantileOf } from '../quantile.ts';
import { leavesOf } from './finish-tree.ts';
import type { GrownTree } from './grow-tree.ts';
import { newtonStep } from './split.ts';

/**
 * The values of the leaves, by node, before the learning rate: their Newton steps, or where these say nothing the
 * quantiles of the residuals. A tree that is only a root has the value 0: what its examples have in common is in the
 * start already.
 */
export function leafValues(
  tree: GrownTree,
  loss: Loss,
  l2: number,
  raw: Float64Array,
  examples: Labelled,
): Float64Array {
  const values = new Float64Array(tree.nodes.length);
  if (tree.nodes.length === 1) return values;
  for (const [place, { start, end, totals }] of leavesOf(tree)) {
    values[place] =
      loss.leafQuantile === undefined
        ? loss.leafStep(newtonStep(totals, l2))
        : quantileOfResiduals(tree.rows.subarray(start, end), loss.leafQuantile, raw, examples);
  }
  return values;
}

function quantileOfResiduals(
  rows: Int32Array,
  level: number,
  raw: Float64Array,
  { target, weights }: Labelled,
): number {
  const residuals = Float64Array.from(rows, row => (target[row] ?? 0) - (raw[row] ?? 0));
  return quantileOf(residuals, weights && Float64Array.from(rows, row => weights[row] ?? 0), level);
}
