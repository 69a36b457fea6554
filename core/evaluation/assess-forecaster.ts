import { loadDataset } from '../data/dataset/load-dataset.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { canonicalJson } from '../storage/digest.ts';
import { type GridSeries, readGridSeries } from '../training/grid-series.ts';
import { loadArtifact, type ModelArtifact } from '../training/model-artifact.ts';
import type { Recipe } from '../training/recipe.ts';
import { baselineRecipe } from '../training/recipe-of.ts';
import { type Assessment, assess, intervalsOf } from './assess.ts';
import type { Assess, AssessedOpponent } from './assessed.ts';
import { pairedDifference } from './bootstrap.ts';
import { breakdownOf } from './breakdown.ts';
import { coverageOf } from './coverage.ts';
import type { ForecastEvaluation, SeriesOutcome } from './evaluation-record.ts';
import { boundConfidence } from './gate.ts';
import { rankSeries } from './rank-series.ts';
import { referenceOfForecasts } from './reference-of-forecasts.ts';

/** Series that an evaluation shows in full at either end of the ranking. */
const SHOWN = 5;

/**
 * Fits the recipes of the chosen run, of the baseline and of the version in production on train and validation, and
 * lets each forecast the test part.
 */
export const assessForecaster: Assess<ForecastingSpec, ForecastEvaluation> = async ({
  data,
  models,
  spec,
  ...o
}) => {
  const artifact = await loadArtifact(models, spec.name, o.chosen.id);
  const dataset = await loadDataset(data, spec.name, o.dataset);
  const series = await readGridSeries(data, dataset, 'test');
  const { season } = artifact.recipe;
  const assessment = assess(artifact.recipe, series);
  const known = new Map([[canonicalJson(artifact.recipe), assessment]]);
  const assessOnce = (recipe: Recipe): Assessment =>
    known.get(canonicalJson(recipe)) ?? assess(recipe, series, season);
  const compared = (other: Assessment): AssessedOpponent => ({
    measures: other.metrics,
    difference: pairedDifference(
      assessment.comparisons,
      other.comparisons,
      spec.gate.metric,
      boundConfidence(spec.gate),
    ),
  });
  const baseline = assessOnce(baselineRecipe(spec, season));
  const champion =
    o.champion?.task === 'forecasting' ? { ...o.champion.recipe, horizon: spec.horizon } : undefined;
  const outcomes = outcomesOf(assessment, artifact, series, spec.gate.metric);
  return {
    chosen: {
      ...assessment.metrics,
      ...{ coverage_80: outcomes.coverage[80], coverage_95: outcomes.coverage[95] },
    },
    baseline: compared(baseline),
    champion: champion && {
      ...compared(assessOnce(champion)),
      sameRecipe: canonicalJson(champion) === canonicalJson(artifact.recipe),
    },
    reference: referenceOfForecasts(
      assessment,
      intervalsOf(assessment, artifact.calibration, artifact.recipe, series),
      spec.monitoring.performance.metric,
    ),
    details: {
      task: spec.task,
      ...{ from: dataset.split.test.from, every: dataset.grid.every },
      ...outcomes,
      ...breakdownOf(assessment, baseline),
    },
  };
};

function outcomesOf(
  assessment: Assessment,
  { calibration, recipe }: ModelArtifact,
  series: GridSeries,
  metric: MetricName,
): Pick<ForecastEvaluation, 'coverage' | 'best' | 'worst'> {
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
