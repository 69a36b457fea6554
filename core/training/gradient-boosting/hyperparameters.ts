import { z } from 'zod';

/** The hyperparameters of gradient boosting, their ranges and defaults; strict. */
export const boostingHyperparameters = z.strictObject({
  /** Rounds of boosting. A round grows one tree, or one per class with `softmax`. */
  trees: z.int().min(1).max(10_000).default(100),
  /** The most questions between the root of a tree and a leaf. */
  depth: z.int().min(1).max(32).default(6),
  /** The most leaves of a tree; the splits that gain most come first. */
  leaves: z.int().min(2).max(1024).default(64),
  /** Share of each tree's step that is taken. */
  learning_rate: z.number().gt(0).max(1).default(0.1),
  /** Penalty on squared leaf values (λ). */
  l2: z.number().min(0).max(1e9).default(1),
  /** The least total weight of the examples in a leaf; without weights, their number. */
  min_leaf_weight: z.number().min(0).max(1e9).default(20),
  /** Share of the examples that each round is grown on, drawn without replacement. */
  rows: z.number().gt(0).max(1).default(1),
  /** Share of the features that each tree may ask about, drawn without replacement. */
  columns: z.number().gt(0).max(1).default(1),
  /**
   * Stop after so many rounds without a lower loss on validation, and keep the trees up to the lowest. 0 grows every
   * tree.
   */
  early_stopping: z.int().min(0).max(10_000).default(0),
});

export type BoostingHyperparameters = z.output<typeof boostingHyperparameters>;
