import { PREDICTION_REFERENCE, type PredictionReference } from '../monitoring/prediction-reference.ts';
import { readChampion } from '../registry/production.ts';
import { isBetter } from '../spec/metrics.ts';
import { isTabular, type Spec } from '../spec/schema.ts';
import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { NoCandidateError } from '../telemetry/errors.ts';
import { loadRun, type RunRecord, type SucceededRun } from '../training/run-record.ts';
import { assessForecaster } from './assess-forecaster.ts';
import type { Assessed, Contest } from './assessed.ts';
import { EVALUATION, type Evaluation } from './evaluation-record.ts';
import { boundConfidence, judge } from './gate.ts';
import { metricOf } from './measures.ts';
import { assessPredictor } from './tabular/assess-predictor.ts';

/**
 * Chooses the run with the best gate metric on the validation part, and judges it on the test part beside the baseline
 * and the version in production, on the same data. The verdict is written beside the run. It depends on what is in production, so a later evaluation of the
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
  const champion = spec.gate.better_than.includes('champion')
    ? await readChampion(models, spec.name)
    : undefined;
  const assessed = await assess(spec, { data, models, dataset: o.dataset, chosen, champion });

  const { passed, reason } = judge({
    gate: spec.gate,
    chosen: { trainer: chosen.trainer, value: metricOf(assessed.chosen, metric) },
    baseline: {
      trainer: 'baseline',
      value: metricOf(assessed.baseline.measures, metric),
      difference: assessed.baseline.difference,
    },
    champion: champion && {
      version: champion.version,
      trainer: champion.recipe.trainer,
      value: assessed.champion === undefined ? null : metricOf(assessed.champion.measures, metric),
      difference: assessed.champion?.difference,
      sameRecipe: assessed.champion?.sameRecipe === true,
    },
  });

  const evaluation: Evaluation = {
    ...{ model: spec.name, run: chosen.id, dataset: o.dataset, trainer: chosen.trainer, time, metric },
    validation: Object.fromEntries(
      succeeded(runs).map(run => [run.id, metricOf(run.metrics.validation, metric)]),
    ),
    test: {
      chosen: assessed.chosen,
      baseline: assessed.baseline.measures,
      champion:
        champion && assessed.champion
          ? { version: champion.version, metrics: assessed.champion.measures }
          : null,
    },
    differences: {
      confidence: boundConfidence(spec.gate),
      baseline: assessed.baseline.difference ?? null,
      champion: assessed.champion?.difference ?? null,
    },
    ...{ passed, reason },
    ...assessed.details,
  };
  const reference: PredictionReference = { run: chosen.id, dataset: o.dataset, ...assessed.reference };
  await models.put(modelKeys.run(spec.name, chosen.id, PREDICTION_REFERENCE), canonicalJson(reference));
  await models.put(modelKeys.run(spec.name, chosen.id, EVALUATION), canonicalJson(evaluation));
  return evaluation;
}

/** Opens the test part in the way of the task. */
const assess = (spec: Spec, contest: Omit<Contest, 'spec'>): Promise<Assessed> =>
  isTabular(spec) ? assessPredictor({ ...contest, spec }) : assessForecaster({ ...contest, spec });

const succeeded = (runs: readonly RunRecord[]): SucceededRun[] =>
  runs.filter(run => run.status === 'succeeded');

/**
 * The run with the best gate metric on the validation part; of equal ones, the candidate that the spec names first. A
 * run for which the metric is undefined is chosen only when there is no other.
 */
export function chooseRun(spec: Pick<Spec, 'name' | 'gate'>, runs: readonly RunRecord[]): SucceededRun {
  const { metric } = spec.gate;
  const beats = (run: SucceededRun, other: SucceededRun): boolean => {
    const [value, least] = [run, other].map(({ metrics }) => metricOf(metrics.validation, metric));
    return value != null && (least == null || isBetter(metric, value, least));
  };
  const [first, ...rest] = succeeded(runs);
  if (first === undefined) {
    const why = runs.map(run =>
      run.status === 'failed' ? `${run.trainer}: ${run.error.name}: ${run.error.message}` : run.trainer,
    );
    throw new NoCandidateError(`No candidate of ${spec.name} could be trained. ${why.join(' ')}`);
  }
  return rest.reduce((best, run) => (beats(run, best) ? run : best), first);
}
