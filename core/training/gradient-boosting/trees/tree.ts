/** Bytes of a set of bins: one bit for each of 256. */
export const SET_BYTES = 32;

/** What stands at a node. */
export const NODE = {
  leaf: 0,
  /** Left: value ≤ threshold. Missing values go right. */
  missingRight: 1,
  /** Left: value ≤ threshold. Missing values go left. */
  missingLeft: 2,
  /** Left: the bin of the category, or of missing ones, is in the set. */
  categories: 3,
} as const;

/** A regression tree, node 0 its root, one element of each array per node. */
export interface Tree {
  /** Of `NODE`. */
  readonly kinds: Uint8Array;
  /** Index of the feature that is asked about; 0 at a leaf. */
  readonly features: Int32Array;
  /** Node of the left child; the right one comes next. 0 at a leaf. */
  readonly children: Int32Array;
  /** At a leaf its value, else the threshold, or the index of the set. */
  readonly values: Float64Array;
  /** Sets of categories, `SET_BYTES` each. */
  readonly sets: Uint8Array;
}

/** Whether a set contains a bin. */
export const contains = (sets: Uint8Array, set: number, bin: number): boolean =>
  (((sets[set * SET_BYTES + (bin >> 3)] ?? 0) >> (bin & 7)) & 1) === 1;
