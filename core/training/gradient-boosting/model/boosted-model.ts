import type { Objective } from '../objective.ts';
import type { Tree } from '../trees/tree.ts';

/** A feature as predictions need it. */
export type Feature =
  | { readonly kind: 'numeric'; readonly name: string }
  | {
      readonly kind: 'categorical';
      readonly name: string;
      /** Those that training told apart; others are treated as missing. */
      readonly categories: readonly string[];
    };

/** What training makes. Its raw prediction is the start plus the values of its trees. */
export interface BoostedModel {
  readonly objective: Objective;
  readonly features: readonly Feature[];
  /** Raw predictions without any tree, one per output: one per class with `softmax`, else one. */
  readonly start: Float64Array;
  /** Round by round, within a round by output. Leaf values include the learning rate. */
  readonly trees: readonly Tree[];
  /** By feature, twice what its splits took off the training loss, over all trees. */
  readonly gains: readonly number[];
  /** Mean loss on validation after each round, those included whose trees were dropped; empty without validation. */
  readonly validationLoss: Float64Array;
}

/** Rounds of boosting whose trees are in the model. */
export const roundsOf = ({ trees, start }: BoostedModel): number => trees.length / start.length;

/**
 * The gain importance: the share of the fall in training loss that each feature's splits brought about, the largest
 * first, and 0 throughout for a model without splits.
 *
 * Source: Friedman 2001, section 8.1 (there with squares of improvements).
 */
export function importance({ features, gains }: BoostedModel): { feature: string; gain: number }[] {
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return features
    .map(({ name }, index) => ({ feature: name, gain: total > 0 ? (gains[index] ?? 0) / total : 0 }))
    .sort((a, b) => b.gain - a.gain);
}
