import type { BinnedExamples } from './binning/binned-data.ts';
import type { FeatureBins } from './binning/choose-bins.ts';
import type { BoostingHyperparameters } from './hyperparameters.ts';
import type { Derivatives, Loss } from './losses/loss.ts';
import type { BoostedModel } from './model/boosted-model.ts';
import type { Random } from './random.ts';
import { drawSample, type Sample, sizeOf, wholeSample } from './sampling.ts';
import { addToGrown, addToOthers } from './trees/add-tree.ts';
import { finishTree } from './trees/finish-tree.ts';
import { type GrownTree, type GrowthRules, TreeGrower } from './trees/grow-tree.ts';
import { leafValues } from './trees/leaf-values.ts';
import type { Tree } from './trees/tree.ts';
import { rawPredictions, ValidationWatch } from './validation-watch.ts';

interface Ground {
  readonly training: BinnedExamples;
  /** In the bins of the training examples. */
  readonly validation: BinnedExamples | undefined;
  readonly bins: readonly FeatureBins[];
  /** Total weight of the training examples. */
  readonly weight: number;
  readonly loss: Loss;
  readonly hyperparameters: BoostingHyperparameters;
  readonly random: Random;
}

/** A tree, and what the splits on each feature gained in it. */
interface Grown {
  readonly tree: Tree;
  readonly gains: Float64Array;
}

/** Rounds of boosting: each grows a tree per output against the derivatives of the loss at the predictions so far. */
export function boost(ground: Ground): Omit<BoostedModel, 'objective' | 'features'> {
  const { training, validation, bins, loss, hyperparameters, random } = ground;
  const { l2, learning_rate, early_stopping } = hyperparameters;
  const { data, weights } = training;
  const grower = new TreeGrower(data, growthRules(ground), {
    weights,
    constantHessian: loss.constantHessian,
  });
  const start = loss.start(training);
  const raw = rawPredictions(start, data.examples);
  const watch = validation && new ValidationWatch(validation, loss, start, early_stopping);
  const derivatives: Derivatives = {
    gradient: new Float64Array(data.examples),
    hessian: new Float64Array(data.examples),
  };
  const rows = sampler(hyperparameters.rows, data.examples, random);
  const features = sampler(hyperparameters.columns, data.features.length, random);
  const rounds: Grown[][] = [];
  while (rounds.length < hyperparameters.trees && !watch?.isTimeToStop) {
    const { drawn, rest } = rows();
    loss.beginRound(raw);
    const round = raw.map((own, output): Grown => {
      loss.derivatives(raw, output, training, derivatives);
      const tree = grower.grow(derivatives, drawn, features().drawn);
      const values = leafValues(tree, loss, l2, own, training).map(value => value * learning_rate);
      addToGrown(tree, values, own);
      addToOthers(tree, values, data, rest, own);
      watch?.add(tree, values, output);
      return { tree: finishTree(tree, values, bins), gains: gainsOf(tree, bins.length) };
    });
    const isIdle = round.every(({ tree }) => tree.kinds.length === 1);
    // Without samples the next round would be just as idle.
    if (isIdle && hyperparameters.rows === 1 && hyperparameters.columns === 1) break;
    rounds.push(round);
    watch?.endRound();
  }
  const kept = rounds.slice(0, watch?.rounds).flat();
  return {
    start,
    trees: kept.map(({ tree }) => tree),
    gains: bins.map((_, feature) => kept.reduce((sum, { gains }) => sum + (gains[feature] ?? 0), 0)),
    validationLoss: watch?.losses ?? new Float64Array(0),
  };
}

/** A leaf needs this second derivative per example of average weight; below it a Newton step is out of proportion. */
const LEAST_HESSIAN = 1e-3;

/** Share of the total weight that a leaf needs whatever `min_leaf_weight` says: less is the rounding of sums. */
const LEAST_WEIGHT = 1e-9;

const growthRules = ({ hyperparameters, training, weight }: Ground): GrowthRules => ({
  depth: hyperparameters.depth,
  leaves: hyperparameters.leaves,
  l2: hyperparameters.l2,
  minWeight: Math.max(hyperparameters.min_leaf_weight, LEAST_WEIGHT * weight),
  minHessian: (LEAST_HESSIAN * weight) / training.data.examples,
});

/** Draws a share of `count` numbers at each call. */
function sampler(share: number, count: number, random: Random): () => Sample {
  const whole = wholeSample(count);
  const size = sizeOf(share, count);
  return () => (size === count ? whole : drawSample(count, size, random));
}

function gainsOf({ nodes }: GrownTree, features: number): Float64Array {
  const gains = new Float64Array(features);
  for (const { split } of nodes) {
    if (split !== undefined) gains[split.feature] = (gains[split.feature] ?? 0) + split.gain;
  }
  return gains;
}
