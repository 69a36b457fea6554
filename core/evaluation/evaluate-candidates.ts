import { loadDataset } from '../data/dataset/load-dataset.ts';
import { readChampion } from '../registry/production.ts';
import type { MetricName, Spec } from '../spec/schema.ts';
import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { NoCandidateError } from '../telemetry/errors.ts';
import { type GridSeries, readGridSeries } from '../training/grid-series.ts';
import { loadArtifact, type ModelArtifact } from '../training/model-artifact.ts';
import type { Recipe } from '../training/recipe.ts';
import { baselineRecipe } from '../training/recipe-of.ts';
import { loadRun, type RunRecord, type SucceededRun } from '../training/run-record.ts';
import { type Assessment, assess, intervalsOf } from './assess.ts';
import { type Difference, pairedDifference } from './bootstrap.ts';
import { breakdownOf } from './breakdown.ts';
import { coverageOf } from './coverage.ts';
import { EVALUATION, type Evaluation, type SeriesOutcome } from './evaluation-record.ts';
import { boundConfidence, judge } from './gate.ts';
import { rankSeries } from './rank-series.ts';

/** Series that an evaluation shows in full at either end of the ranking. */
const SHOWN = 5;

/**
 * Chooses the run with the lowest gate metric on the validation part, fits its recipe again on train and validation,
 * and judges it on the test part beside the baseline and the recipe of the version in production, both fitted on the
 * same data. The verdict is written beside the run. It depends on what is in production, so a later evaluation of the
 * same run replaces it; the event log keeps both.
 * @throws NoCandidateError when every run failed.
 */
export async function evaluateCandidates(o: {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: Spec;
  /** Id of the dataset that the runs were trained on. */
  readonly dataset: string;
  readonly runs: readonly { readonly run: string }[];
  readonly time: string;
}): Promise<Evaluation> {
  const { data, models, spec, time } = o;
  const { metric } = spec.gate;
  const runs = await Promise.all(o.runs.map(({ run }) => loadRun(models, spec.name, run)));
  const chosen = chooseRun(spec, runs);
  const artifact = await loadArtifact(models, spec.name, chosen.id);
  const dataset = await loadDataset(data, spec.name, o.dataset);
  const series = await readGridSeries(data, dataset, 'test');

  const { season } = artifact.recipe;
  const assessment = assess(artifact.recipe, series);
  const known = new Map([[canonicalJson(artifact.recipe), assessment]]);
  const assessOnce = (recipe: Recipe): Assessment =>
    known.get(canonicalJson(recipe)) ?? assess(recipe, series, season);
  const baseline = assessOnce(baselineRecipe(spec, season));
  const champion = spec.gate.better_than.includes('champion')
    ? await readChampion(models, spec.name)
    : undefined;
  const championRecipe = champion && { ...champion.recipe, horizon: spec.horizon };
  const championAssessment = championRecipe && assessOnce(championRecipe);

  const confidence = boundConfidence(spec.gate);
  const differenceFrom = (other: Assessment): Difference | undefined =>
    pairedDifference(assessment.comparisons, other.comparisons, metric, confidence);
  const fromBaseline = differenceFrom(baseline);
  const fromChampion = championAssessment && differenceFrom(championAssessment);

  const { passed, reason } = judge({
    gate: spec.gate,
    chosen: { trainer: chosen.trainer, value: assessment.metrics[metric] },
    baseline: { trainer: 'baseline', value: baseline.metrics[metric], difference: fromBaseline },
    champion: champion &&
      championAssessment && {
        version: champion.version,
        trainer: champion.recipe.trainer,
        value: championAssessment.metrics[metric],
        difference: fromChampion,
        sameRecipe: canonicalJson(championRecipe) === canonicalJson(artifact.recipe),
      },
  });

  const evaluation: Evaluation = {
    ...{ model: spec.name, run: chosen.id, dataset: dataset.id, trainer: chosen.trainer, time, metric },
    validation: Object.fromEntries(succeeded(runs).map(run => [run.id, run.metrics.validation[metric]])),
    test: {
      chosen: assessment.metrics,
      baseline: baseline.metrics,
      champion:
        champion && championAssessment
          ? { version: champion.version, metrics: championAssessment.metrics }
          : null,
    },
    differences: { confidence, baseline: fromBaseline ?? null, champion: fromChampion ?? null },
    ...{ passed, reason, from: dataset.split.test.from, every: dataset.grid.every },
    ...outcomesOf(assessment, artifact, series, metric),
    ...breakdownOf(assessment, baseline),
  };
  await models.put(modelKeys.run(spec.name, chosen.id, EVALUATION), canonicalJson(evaluation));
  return evaluation;
}

const succeeded = (runs: readonly RunRecord[]): SucceededRun[] =>
  runs.filter(run => run.status === 'succeeded');

/** The run with the lowest gate metric on the validation part; of equal ones, the candidate that the spec names first. */
export function chooseRun(spec: Pick<Spec, 'name' | 'gate'>, runs: readonly RunRecord[]): SucceededRun {
  const value = ({ metrics }: SucceededRun): number =>
    metrics.validation[spec.gate.metric] ?? Number.POSITIVE_INFINITY;
  const [first, ...rest] = succeeded(runs);
  if (first === undefined) {
    const why = runs.map(run =>
      run.status === 'failed' ? `${run.trainer}: ${run.error.name}: ${run.error.message}` : run.trainer,
    );
    throw new NoCandidateError(`No candidate of ${spec.name} could be trained. ${why.join(' ')}`);
  }
  return rest.reduce((best, run) => (value(run) < value(best) ? run : best), first);
}

function outcomesOf(
  assessment: Assessment,
  { calibration, recipe }: ModelArtifact,
  series: GridSeries,
  metric: MetricName,
): Pick<Evaluation, 'coverage' | 'best' | 'worst'> {
  const intervals = intervalsOf(assessment, calibration, recipe, series);
  const outcomes = assessment.comparisons.flatMap((comparison, i) => {
    const around = intervals[i];
    return around === undefined ? [] : [{ ...comparison, intervals: around }];
  });
  const ranked = rankSeries(outcomes, metric).map(
    ({ comparison: { key, actual, forecast, intervals }, metrics }): SeriesOutcome => ({
      ...{ key: [...key], metrics, actual: pointsOf(actual), forecast: pointsOf(forecast) },
      ...{ lower_80: pointsOf(intervals[80].lower), upper_80: pointsOf(intervals[80].upper) },
      ...{ lower_95: pointsOf(intervals[95].lower), upper_95: pointsOf(intervals[95].upper) },
    }),
  );
  return {
    coverage: {
      80: coverageOf(outcomes.map(({ actual, intervals }) => ({ actual, ...intervals[80] }))),
      95: coverageOf(outcomes.map(({ actual, intervals }) => ({ actual, ...intervals[95] }))),
    },
    best: ranked.slice(0, SHOWN),
    // No series stands on both lists.
    worst: ranked.slice(Math.max(SHOWN, ranked.length - SHOWN)).reverse(),
  };
}

/** Values as JSON has them: null for a missing one. */
const pointsOf = (values: Float64Array): (number | null)[] =>
  Array.from(values, value => (Number.isFinite(value) ? value : null));
