import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { resourceUsage } from 'node:process';
import { loadDataset } from '../data/dataset/load-dataset.ts';
import { type Metrics, measureForecasts } from '../evaluation/metrics.ts';
import { errorScale, naiveLag } from '../evaluation/scale.ts';
import type { Spec } from '../spec/schema.ts';
import { canonicalJson, identityOf, sha256 } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { messageOf, TrainingError } from '../telemetry/errors.ts';

import { backtest } from './backtest.ts';
import { calibrate, scoresOf, spreadOf } from './conformal.ts';
import { type GridSeries, readGridSeries } from './grid-series.ts';
import { libraryVersions } from './library-versions.ts';
import { MODEL_ARTIFACT, type ModelArtifact } from './model-artifact.ts';
import { type Recipe, SEED } from './recipe.ts';
import { type CandidateRequest, recipeOf } from './recipe-of.ts';
import { findRun, loadRun, type RunRecord, type SucceededRun } from './run-record.ts';
import { seasonOf } from './season-of.ts';
import type { FitNote } from './trainer.ts';

export interface TrainingRequest {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: Spec;
  /** Id of the dataset. */
  readonly dataset: string;
  readonly candidate: CandidateRequest;
  /** ISO 8601; the moment that the work belongs to. */
  readonly time: string;
  /** Digest of the code that trains: another code is another run. */
  readonly codeDigest: string;
}

/**
 * Trains one candidate: fits it on the training part, forecasts the validation part, and stores the recipe with its
 * calibrated intervals. The id of the run names all that decides its result, so training the same again returns the
 * stored run. Whatever the trainer throws makes a failed run, never an exception; a dataset or store that cannot be
 * read is an exception, for it is not the candidate's fault.
 */
export async function trainCandidate(request: TrainingRequest): Promise<RunRecord> {
  const { data, models, spec, candidate, dataset, codeDigest } = request;
  const id = runId(request);
  const known = await findRun(models, spec.name, id);
  if (known !== undefined) return known;

  const record = await loadDataset(data, spec.name, dataset);
  const input = await readGridSeries(data, record, 'validation');
  const started = performance.now();
  const outcome = attempt(() => train(recipeOf(spec, candidate, seasonOf(spec, input)), input));
  const facts = {
    ...{ id, model: spec.name, dataset, specDigest: identityOf(spec), codeDigest, seed: SEED },
    ...{ trainer: candidate.trainer, hyperparameters: { ...candidate.hyperparameters }, time: request.time },
    versions: libraryVersions(),
    seconds: Math.round(performance.now() - started) / 1000,
    memory: Math.round(resourceUsage().maxRSS / 1024),
  };

  let run: RunRecord;
  if ('error' in outcome) {
    run = { ...facts, status: 'failed', error: outcome.error };
  } else {
    const artifact = canonicalJson(outcome.artifact);
    await models.put(modelKeys.run(spec.name, id, MODEL_ARTIFACT), artifact);
    const { validation, notes } = outcome;
    run = {
      ...{ ...facts, status: 'succeeded', metrics: { validation }, series: input.series.length },
      ...countsOf(notes),
      artifacts: { [MODEL_ARTIFACT]: sha256(artifact) },
    };
  }
  const first = await models.putIfAbsent(modelKeys.run(spec.name, id, 'run.json'), canonicalJson(run));
  return first ? run : loadRun(models, spec.name, id);
}

/**
 * Id of a run: names all that decides its result. Horizon and season come from the spec but are not part of every
 * dataset's identity, so they count here.
 */
export const runId = ({ spec, dataset, candidate, codeDigest }: TrainingRequest): string =>
  identityOf({
    ...{ dataset, codeDigest, seed: SEED, horizon: spec.horizon, season: spec.series.season },
    ...{ candidate: candidate.trainer, hyperparameters: candidate.hyperparameters },
  });

interface Trained {
  readonly artifact: ModelArtifact;
  readonly validation: Metrics;
  readonly notes: readonly FitNote[];
}

/** The rules of a training run, without any store. */
export function train(recipe: Recipe, { series, parts }: Pick<GridSeries, 'series' | 'parts'>): Trained {
  const { from, to } = parts.validation;
  const { forecasts, ahead, notes, last } = backtest(recipe, series, from, to);
  refuseIdleTrainer(recipe, series.length, last);
  const lag = naiveLag(recipe.season);
  const outcomes = series.map(({ key, values }, i) => {
    const history = values.subarray(parts.train.from, parts.train.to);
    return {
      ...{ key, ahead, actual: values.subarray(from, to), forecast: forecasts[i] ?? new Float64Array(0) },
      ...{ scale: errorScale(history, lag), spread: spreadOf(history, lag) },
    };
  });
  return {
    validation: measureForecasts(outcomes),
    notes,
    artifact: {
      recipe,
      calibration: calibrate(scoresOf(outcomes, recipe.horizon)),
      forecasts: digestOf(forecasts),
    },
  };
}

/** A candidate that could not deal with a single series would only be the baseline under another name. */
function refuseIdleTrainer({ trainer }: Recipe, series: number, notes: readonly FitNote[]): void {
  const [empty, fallbacks] = (['empty', 'fallback'] as const).map(kind =>
    notes.filter(note => note.kind === kind),
  );
  if (empty?.length === series) {
    throw new TrainingError(`None of the ${series} series has a value before the end of the training part.`);
  }
  if (fallbacks?.length === 0 || (empty?.length ?? 0) + (fallbacks?.length ?? 0) < series) return;
  const reasons = [...new Set(fallbacks?.map(({ reason }) => reason))].join('; ');
  throw new TrainingError(`${trainer} can forecast none of the ${series} series: ${reasons}.`);
}

function digestOf(forecasts: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const values of forecasts) hash.update(values);
  return hash.digest('hex');
}

function countsOf(
  notes: readonly FitNote[],
): Pick<SucceededRun, 'filled' | 'fallbacks' | 'empty' | 'fallbackReasons'> {
  const count = (kind: FitNote['kind']) => notes.filter(note => note.kind === kind).length;
  const fallbackReasons: Record<string, number> = {};
  for (const { kind, reason } of notes) {
    if (kind === 'fallback') fallbackReasons[reason] = (fallbackReasons[reason] ?? 0) + 1;
  }
  return { filled: count('filled'), fallbacks: count('fallback'), empty: count('empty'), fallbackReasons };
}

function attempt(
  work: () => Trained,
): Trained | { readonly error: { readonly name: string; readonly message: string } } {
  try {
    return work();
  } catch (error) {
    return { error: { name: error instanceof Error ? error.name : 'Error', message: messageOf(error) } };
  }
}
