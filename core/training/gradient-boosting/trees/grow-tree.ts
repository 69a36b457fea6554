import type { BinnedData } from '../binning/binned-data.ts';
import type { Derivatives } from '../losses/loss.ts';
import { bestSplit } from './best-split.ts';
import { type Histogram, subtract } from './histogram.ts';
import { HistogramBuilder } from './histogram-builder.ts';
import { partition } from './partition.ts';
import type { Split, SplitRules, Totals } from './split.ts';

export interface GrowthRules extends SplitRules {
  /** The most questions on a path. */
  readonly depth: number;
  readonly leaves: number;
}

/** A node of a grown tree. Its rows are those from `start` up to, not including, `end`. */
export interface GrownNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly totals: Totals;
  /** Undefined at a leaf. */
  split: Split | undefined;
  /** Its left child; the right one comes next. 0 at a leaf. */
  left: number;
}

export interface GrownTree {
  readonly nodes: readonly GrownNode[];
  /** The rows that the tree was grown on, those of a node side by side. Valid until the next tree is grown. */
  readonly rows: Int32Array;
}

/** A leaf that a question can divide. */
interface Candidate {
  readonly node: GrownNode;
  readonly histogram: Histogram;
  readonly split: Split;
}

/** What one tree is grown from. */
interface Ground {
  readonly derivatives: Derivatives;
  readonly rows: Int32Array;
  readonly features: Int32Array;
}

/**
 * Grows trees over the same examples, the leaf that gains most first, and reuses the memory that this takes.
 *
 * Sources: Chen and Guestrin 2016 (gain); Ke et al. 2017 (histograms, growth by leaf).
 */
export class TreeGrower {
  readonly #data: BinnedData;
  readonly #rules: GrowthRules;
  readonly #builder: HistogramBuilder;
  readonly #rows: Int32Array;
  readonly #spare: Int32Array;

  /** @param examples Their weights, and whether these are the second derivatives. */
  constructor(
    data: BinnedData,
    rules: GrowthRules,
    examples: { readonly weights: Float64Array | undefined; readonly constantHessian: boolean },
  ) {
    this.#data = data;
    this.#rules = rules;
    this.#builder = new HistogramBuilder(data, examples.weights, examples.constantHessian);
    this.#rows = new Int32Array(data.examples);
    this.#spare = new Int32Array(data.examples);
  }

  /**
   * @param sample The examples to grow on, ascending.
   * @param features The features to ask about, ascending.
   */
  grow(derivatives: Derivatives, sample: Int32Array, features: Int32Array): GrownTree {
    this.#rows.set(sample);
    const rows = this.#rows.subarray(0, sample.length);
    const ground = { derivatives, rows, features };
    const totals = this.#builder.totals(derivatives, rows);
    const root: GrownNode = { start: 0, end: rows.length, depth: 0, totals, split: undefined, left: 0 };
    const nodes = [root];
    const candidates: Candidate[] = [];
    if (this.#mayDivide(root)) this.#consider(root, this.#histogramOf(root, ground), ground, candidates);
    for (let leaves = 1; leaves < this.#rules.leaves; leaves++) {
      const chosen = takeBest(candidates);
      if (chosen === undefined) break;
      const [left, right] = this.#divide(chosen.node, chosen.split, rows);
      chosen.node.split = chosen.split;
      chosen.node.left = nodes.push(left, right) - 2;
      const isLast = leaves + 1 === this.#rules.leaves;
      if (isLast) this.#builder.release(chosen.histogram);
      else this.#considerChildren(left, right, chosen.histogram, ground, candidates);
    }
    for (const { histogram } of candidates) this.#builder.release(histogram);
    return { nodes, rows };
  }

  /** Children by the split of their parent. */
  #divide(parent: GrownNode, split: Split, rows: Int32Array): [GrownNode, GrownNode] {
    const bins = this.#data.features[split.feature]?.bins ?? new Uint8Array(0);
    const middle = partition(rows, parent.start, parent.end, bins, split.goesLeft, this.#spare);
    const child = { depth: parent.depth + 1, split: undefined, left: 0 };
    return [
      { ...child, start: parent.start, end: middle, totals: split.left },
      { ...child, start: middle, end: parent.end, totals: split.right },
    ];
  }

  #mayDivide({ depth, totals }: GrownNode): boolean {
    return depth < this.#rules.depth && totals.weight >= 2 * this.#rules.minWeight;
  }

  #histogramOf(node: GrownNode, { derivatives, rows, features }: Ground): Histogram {
    return this.#builder.build(derivatives, rows.subarray(node.start, node.end), features);
  }

  /** The smaller child is counted, the larger one is what is left of the parent. */
  #considerChildren(
    left: GrownNode,
    right: GrownNode,
    ofParent: Histogram,
    ground: Ground,
    candidates: Candidate[],
  ): void {
    const [small, large] = left.end - left.start <= right.end - right.start ? [left, right] : [right, left];
    if (!this.#mayDivide(small) && !this.#mayDivide(large)) {
      this.#builder.release(ofParent);
      return;
    }
    const ofSmall = this.#histogramOf(small, ground);
    subtract(ofParent, ofSmall);
    this.#consider(small, ofSmall, ground, candidates);
    this.#consider(large, ofParent, ground, candidates);
  }

  #consider(node: GrownNode, histogram: Histogram, { features }: Ground, candidates: Candidate[]): void {
    const split = this.#mayDivide(node)
      ? bestSplit(
          { data: this.#data, builder: this.#builder, rules: this.#rules },
          histogram,
          node.totals,
          features,
        )
      : undefined;
    if (split === undefined) this.#builder.release(histogram);
    else candidates.push({ node, histogram, split });
  }
}

/** Takes out the candidate that gains most, the oldest of equals. */
function takeBest(candidates: Candidate[]): Candidate | undefined {
  let best = 0;
  for (const [index, { split }] of candidates.entries()) {
    if (split.gain > (candidates[best]?.split.gain ?? 0)) best = index;
  }
  return candidates.splice(best, 1)[0];
}
