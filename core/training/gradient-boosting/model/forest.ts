import { NODE, SET_BYTES, type Tree } from '../trees/tree.ts';

/** All trees of a model in a row, laid out for predictions. */
export class Forest {
  readonly #roots: Int32Array;
  readonly #kinds: Uint8Array;
  readonly #features: Int32Array;
  readonly #children: Int32Array;
  readonly #values: Float64Array;
  readonly #sets: Uint8Array;

  constructor(trees: readonly Tree[]) {
    const nodes = trees.reduce((sum, { kinds }) => sum + kinds.length, 0);
    this.#roots = new Int32Array(trees.length);
    this.#kinds = new Uint8Array(nodes);
    this.#features = new Int32Array(nodes);
    this.#children = new Int32Array(nodes);
    this.#values = new Float64Array(nodes);
    this.#sets = new Uint8Array(trees.reduce((sum, { sets }) => sum + sets.length, 0));
    let root = 0;
    let setBytes = 0;
    for (const [index, tree] of trees.entries()) {
      const { kinds, features, children, values, sets } = tree;
      this.#roots[index] = root;
      this.#kinds.set(kinds, root);
      this.#features.set(features, root);
      this.#sets.set(sets, setBytes);
      for (const [node, kind] of kinds.entries()) {
        this.#children[root + node] = root + (children[node] ?? 0);
        // Sets are addressed by their first byte.
        this.#values[root + node] =
          kind === NODE.categories ? setBytes + SET_BYTES * (values[node] ?? 0) : (values[node] ?? 0);
      }
      root += kinds.length;
      setBytes += sets.length;
    }
  }

  get trees(): number {
    return this.#roots.length;
  }

  /**
   * The value of the leaf that an example comes to.
   * @param examples Example after example, their values in the order of features; of categorical ones, the bin.
   * @param at Where the example starts.
   */
  valueOf(tree: number, examples: Float64Array, at: number): number {
    const kinds = this.#kinds;
    const features = this.#features;
    const children = this.#children;
    const values = this.#values;
    let node = this.#roots[tree] ?? 0;
    for (let kind = kinds[node] ?? 0; kind !== NODE.leaf; kind = kinds[node] ?? 0) {
      const value = examples[at + (features[node] ?? 0)] ?? Number.NaN;
      const question = values[node] ?? 0;
      let isLeft: boolean;
      // NaN is neither at most nor above any threshold.
      if (kind === NODE.missingRight) isLeft = value <= question;
      else if (kind === NODE.missingLeft) isLeft = !(value > question);
      else isLeft = (((this.#sets[question + (value >> 3)] ?? 0) >> (value & 7)) & 1) === 1;
      node = (children[node] ?? 0) + (isLeft ? 0 : 1);
    }
    return values[node] ?? 0;
  }
}
