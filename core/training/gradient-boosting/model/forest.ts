import { NODE, SET_BYTES, type Tree } from '../trees/tree.ts';

/**
 * All trees of a model in a row, laid out for predictions: every example takes as many steps through a tree as its
 * longest path has, and stays where it is once it has come to a leaf. Without a question whether it has arrived, and
 * with sides as numbers, there is next to nothing that the processor could predict wrongly.
 */
export class Forest {
  readonly #roots: Int32Array;
  readonly #depths: Int32Array;
  readonly #features: Int32Array;
  /** Left child; at a leaf the leaf itself. */
  readonly #children: Int32Array;
  /** At a leaf, infinite: nothing is above it. */
  readonly #thresholds: Float64Array;
  /** 1 where missing values go right. */
  readonly #missingRight: Uint8Array;
  /** First byte of the set of categories, -1 without one. */
  readonly #firstBytes: Int32Array;
  readonly #sets: Uint8Array;
  readonly #leafValues: Float64Array;

  constructor(trees: readonly Tree[]) {
    const nodes = trees.reduce((sum, { kinds }) => sum + kinds.length, 0);
    this.#roots = new Int32Array(trees.length);
    this.#depths = Int32Array.from(trees, depthOf);
    this.#features = new Int32Array(nodes);
    this.#children = new Int32Array(nodes);
    this.#thresholds = new Float64Array(nodes).fill(Infinity);
    this.#missingRight = new Uint8Array(nodes);
    this.#firstBytes = new Int32Array(nodes).fill(-1);
    this.#sets = new Uint8Array(trees.reduce((sum, { sets }) => sum + sets.length, 0));
    this.#leafValues = new Float64Array(nodes);
    let root = 0;
    let setBytes = 0;
    for (const [index, tree] of trees.entries()) {
      this.#roots[index] = root;
      this.#add(tree, root, setBytes);
      root += tree.kinds.length;
      setBytes += tree.sets.length;
    }
  }

  #add({ kinds, features, children, values, sets }: Tree, root: number, setBytes: number): void {
    this.#features.set(features, root);
    this.#sets.set(sets, setBytes);
    for (const [node, kind] of kinds.entries()) {
      const value = values[node] ?? Number.NaN;
      const at = root + node;
      this.#children[at] = kind === NODE.leaf ? at : root + (children[node] ?? 0);
      if (kind === NODE.leaf) this.#leafValues[at] = value;
      else if (kind === NODE.categories) this.#firstBytes[at] = setBytes + SET_BYTES * value;
      else this.#thresholds[at] = value;
      this.#missingRight[at] = Number(kind === NODE.missingRight);
    }
  }

  get trees(): number {
    return this.#roots.length;
  }

  /**
   * Adds the values of the leaves that examples come to.
   * @param examples Example after example, `width` elements each: their values in the order of features; of categorical
   *   ones, the bin.
   * @param into The elements from `from` on, `count` of them.
   */
  addTree(
    tree: number,
    examples: Float64Array,
    width: number,
    into: Float64Array,
    from: number,
    count: number,
  ): void {
    const features = this.#features;
    const children = this.#children;
    const thresholds = this.#thresholds;
    const missingRight = this.#missingRight;
    const firstBytes = this.#firstBytes;
    const sets = this.#sets;
    const root = this.#roots[tree] ?? 0;
    const depth = this.#depths[tree] ?? 0;
    for (let i = 0; i < count; i++) {
      const at = i * width;
      let node = root;
      for (let step = 0; step < depth; step++) {
        const value = examples[at + (features[node] ?? 0)] ?? 0;
        const firstByte = firstBytes[node] ?? 0;
        const isRight =
          firstByte < 0
            ? Number(value > (thresholds[node] ?? 0)) |
              (Number(Number.isNaN(value)) & (missingRight[node] ?? 0))
            : 1 - (((sets[firstByte + (value >> 3)] ?? 0) >> (value & 7)) & 1);
        node = (children[node] ?? 0) + isRight;
      }
      into[from + i] = (into[from + i] ?? 0) + (this.#leafValues[node] ?? 0);
    }
  }
}

/** Questions on the longest path. */
function depthOf({ kinds, children }: Tree): number {
  const depths = new Int32Array(kinds.length);
  let deepest = 0;
  // Children come after their parents.
  for (const [node, kind] of kinds.entries()) {
    const depth = depths[node] ?? 0;
    deepest = Math.max(deepest, depth);
    if (kind !== NODE.leaf) depths.fill(depth + 1, children[node], (children[node] ?? 0) + 2);
  }
  return deepest;
}
