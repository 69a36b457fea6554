import type { BoostingHyperparameters } from '../../gradient-boosting/hyperparameters.ts';
import { type BoostedModel, roundsOf, trainBoosting } from '../../gradient-boosting/index.ts';
import { drawMoments } from './draw-moments.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { KnownSeries } from './known-series.ts';
import { type Moments, splitByTarget } from './moments.ts';
import { tabulate } from './tabulate.ts';

export interface Past {
  readonly plan: FeaturePlan;
  /** Equally long. */
  readonly series: readonly KnownSeries[];
  /** Of each series, all different. */
  readonly names: readonly string[];
}

export interface Lesson {
  readonly objective: 'absolute' | 'squared';
  readonly boosting: BoostingHyperparameters;
  readonly horizon: number;
  readonly seed: number;
}

/**
 * One model of all series, from forecasts that could have been made in their past.
 *
 * With early stopping the last horizon of the past, which is before everything that the model is judged by, tells how
 * many trees to grow; the model itself then learns from that horizon too, for the newest values matter most.
 * @throws TrainingError when there is nothing to learn.
 */
export function learnFromPast(past: Past, { objective, boosting, horizon, seed }: Lesson): BoostedModel {
  const moments = drawMoments(past.plan, past.series, seed);
  const task = { ...examplesOf(past, moments), objective: { kind: objective }, seed };
  const { early_stopping: patience, ...steady } = boosting;
  if (patience === 0) return trainBoosting({ ...task, hyperparameters: steady });
  const end = past.series[0]?.length ?? 0;
  const [earlier, last] = splitByTarget(moments, end - horizon);
  const stopped = trainBoosting({
    ...{ ...task, ...examplesOf(past, earlier) },
    ...{ validation: examplesOf(past, last), hyperparameters: boosting },
  });
  const trees = roundsOf(stopped);
  return trees === 0 ? stopped : trainBoosting({ ...task, hyperparameters: { ...steady, trees } });
}

/** What was known at each moment, and what then happened, in units of the level. */
function examplesOf({ plan, series, names }: Past, moments: Moments) {
  const { columns, levels } = tabulate(plan, series, names, moments);
  const target = Float64Array.from(levels, (level, row) => {
    const value = series[moments.series[row] ?? -1]?.at(moments.target[row] ?? -1) ?? Number.NaN;
    return level === undefined ? Number.NaN : (value - level.centre) / level.scale;
  });
  return { columns, target };
}
