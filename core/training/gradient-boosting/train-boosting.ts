import { z } from 'zod';
import { TrainingError } from '../../telemetry/errors.ts';
import { alignColumns } from './align-columns.ts';
import { type BinnedData, binColumns } from './binning/binned-data.ts';
import { chooseBins, type FeatureBins } from './binning/choose-bins.ts';
import { boost } from './boost.ts';
import { checkColumns, checkTarget, checkVariety, checkWeights, type Examples } from './check-examples.ts';
import type { Column } from './columns.ts';
import { type BoostingHyperparameters, boostingHyperparameters } from './hyperparameters.ts';
import { lossOf } from './losses/loss-of.ts';
import type { BoostedModel, Feature } from './model/boosted-model.ts';
import { type Objective, objectiveSchema } from './objective.ts';
import { Random } from './random.ts';

export interface BoostingTask extends Examples {
  /** One per example, 0 or more, 1 for an ordinary one; without them every example weighs 1. */
  readonly weights?: Float64Array | undefined;
  /** Examples that the loss is measured on after each round; their columns are found by name. */
  readonly validation?: Examples | undefined;
  readonly objective: Objective;
  /** Those that are left out have their defaults. */
  readonly hyperparameters?: z.input<typeof boostingHyperparameters>;
  /** A whole number. */
  readonly seed: number;
}

/**
 * Trains gradient-boosted trees on histograms of at most 255 bins per feature. Time and memory grow linearly with the
 * number of examples. Equal tasks give models that are equal to the last bit, in any process.
 *
 * Missing values go where they reduce the loss most. Of a categorical feature the 255 most frequent categories are told
 * apart; the others, and those that only predictions see, are treated as missing. Infinite values of features are
 * values below and above all finite ones.
 *
 * Sources: Friedman 2001 (boosting) and "Stochastic Gradient Boosting", Computational Statistics & Data Analysis 38
 * (2002) 367-378 (sampling of rows); Chen and Guestrin 2016 (regularised gain, missing values, sampling of columns);
 * Ke et al. 2017 (histograms, growth by leaf, categories).
 * @throws TrainingError when hyperparameters are out of range, or when nothing can be learnt from the examples; it says
 *   what was found, and in which row.
 */
export function trainBoosting(task: BoostingTask): BoostedModel {
  const objective = parse(objectiveSchema, task.objective, 'objective');
  const hyperparameters = parse(boostingHyperparameters, task.hyperparameters ?? {}, 'hyperparameters');
  const random = new Random(parse(z.int(), task.seed, 'seed'));
  const { columns, target, weights } = task;
  checkTarget(target, objective);
  checkColumns(columns, target.length);
  const weight = checkWeights(weights, target.length);
  checkVariety(target, weights, objective);
  checkSize(weight, hyperparameters);
  const validation = task.validation && checkedValidation(task.validation, columns, objective);
  if (validation === undefined && hyperparameters.early_stopping > 0) {
    throw new TrainingError('early_stopping needs validation examples, and there are none.');
  }
  const bins = chooseBins(columns, random);
  const binned = ({ columns: values, target: { length } }: Examples): BinnedData =>
    binColumns(values, bins, length);
  const training = { data: binned(task), target, weights };
  checkFeatures(training.data, bins);
  const boosted = boost({
    training,
    validation: validation && { data: binned(validation), target: validation.target, weights: undefined },
    ...{ bins, weight, loss: lossOf(objective), hyperparameters, random },
  });
  return { objective, features: bins.map(featureOf), ...boosted };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${[what, ...path].join('.')}: ${message}`);
  throw new TrainingError(problems.join('\n'));
}

function checkSize(weight: number, { min_leaf_weight: least }: BoostingHyperparameters): void {
  if (weight >= 2 * least) return;
  throw new TrainingError(
    `The examples weigh ${weight} together, and a tree needs two leaves of at least min_leaf_weight = ${least}. ` +
      'Bring more examples, or lower min_leaf_weight.',
  );
}

function checkedValidation(
  { columns, target }: Examples,
  of: readonly Column[],
  objective: Objective,
): Examples {
  const refuse = (problem: string): TrainingError => new TrainingError(`Validation: ${problem}`);
  const aligned = alignColumns(columns, of, refuse);
  try {
    checkTarget(target, objective);
    checkColumns(aligned, target.length);
  } catch (error) {
    throw error instanceof TrainingError ? refuse(error.message) : error;
  }
  return { columns: aligned, target };
}

/** Throws TrainingError unless there is a feature that tells two examples apart. */
function checkFeatures({ features }: BinnedData, bins: readonly FeatureBins[]): void {
  if (features.some(({ bins: values }) => values.some(bin => bin !== values[0]))) return;
  const found = features.map(
    ({ bins: values, count }, index) =>
      `"${bins[index]?.name}" ${values[0] === count - 1 ? 'is missing' : 'has the same value'} in every example`,
  );
  throw new TrainingError(`No feature tells examples apart: ${found.join(', ')}.`);
}

const featureOf = (bins: FeatureBins): Feature =>
  bins.kind === 'numeric' ? { kind: bins.kind, name: bins.name } : bins;
