import type { BinnedData } from '../binning/binned-data.ts';
import { leavesOf } from './finish-tree.ts';
import type { GrownTree } from './grow-tree.ts';

/** Adds the values of a tree to the raw predictions of the rows that it was grown on. */
export function addToGrown(tree: GrownTree, values: Float64Array, raw: Float64Array): void {
  for (const [place, { start, end }] of leavesOf(tree)) {
    const value = values[place] ?? 0;
    for (let i = start; i < end; i++) {
      const row = tree.rows[i] ?? 0;
      raw[row] = (raw[row] ?? 0) + value;
    }
  }
}

/** Adds the values of a tree to the raw predictions of other rows, which may be of other data with the same bins. */
export function addToOthers(
  { nodes }: GrownTree,
  values: Float64Array,
  data: BinnedData,
  rows: Int32Array,
  raw: Float64Array,
): void {
  const children = Int32Array.from(nodes, ({ left }) => left);
  const bins = nodes.map(({ split }) => data.features[split?.feature ?? 0]?.bins ?? new Uint8Array(0));
  const goesLeft = nodes.map(({ split }) => split?.goesLeft ?? new Uint8Array(0));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    let node = 0;
    for (let left = children[0] ?? 0; left > 0; left = children[node] ?? 0) {
      node = left + 1 - (goesLeft[node]?.[bins[node]?.[row] ?? 0] ?? 0);
    }
    raw[row] = (raw[row] ?? 0) + (values[node] ?? 0);
  }
}
