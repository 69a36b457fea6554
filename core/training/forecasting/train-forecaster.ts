import { createHash } from 'node:crypto';
import { loadDataset } from '../../data/dataset/load-dataset.ts';
import { type Metrics, measureForecasts } from '../../evaluation/metrics.ts';
import { errorScale, naiveLag } from '../../evaluation/scale.ts';
import type { ForecastingSpec } from '../../spec/schema.ts';
import { canonicalJson } from '../../storage/digest.ts';
import { TrainingError } from '../../telemetry/errors.ts';
import { backtest } from '../backtest.ts';
import { calibrate, scoresOf, spreadOf } from '../conformal.ts';
import type { FitNote } from '../forecasting-method.ts';
import { type GridSeries, readGridSeries } from '../grid-series.ts';
import type { Importance } from '../importance.ts';
import { MODEL_ARTIFACT, type ModelArtifact } from '../model-artifact.ts';
import type { Recipe } from '../recipe.ts';
import { recipeOf } from '../recipe-of.ts';
import type { ForecasterRun } from '../run-record.ts';
import { seasonOf } from '../season-of.ts';
import type { Prepare } from '../trained-candidate.ts';

/**
 * A candidate that forecasts: it is fitted on the training part, forecasts the validation part, and leaves its recipe
 * with calibrated intervals.
 */
export const prepareForecaster: Prepare<ForecastingSpec> = async ({ data, spec, dataset, candidate }) => {
  const record = await loadDataset(data, spec.name, dataset);
  const input = await readGridSeries(data, record, 'validation');
  return async () => {
    const { artifact, validation, notes, importance } = train(
      recipeOf(spec, candidate, seasonOf(spec, input)),
      input,
    );
    return {
      artifacts: { [MODEL_ARTIFACT]: canonicalJson(artifact) },
      outcome: {
        task: 'forecasting',
        metrics: { validation },
        series: input.series.length,
        ...countsOf(notes),
        importance: [...importance],
      },
    };
  };
};

interface Trained {
  readonly artifact: ModelArtifact;
  readonly validation: Metrics;
  readonly notes: readonly FitNote[];
  readonly importance: readonly Importance[];
}

/** The rules of a training run, without any store. */
export function train(recipe: Recipe, input: GridSeries): Trained {
  const { series, parts } = input;
  const { from, to } = parts.validation;
  const { forecasts, ahead, notes, last } = backtest(recipe, input, from, to);
  refuseIdleTrainer(recipe, series.length, last.notes);
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
    importance: last.importance,
    artifact: {
      recipe,
      calibration: calibrate(scoresOf(outcomes, recipe.horizon)),
      forecasts: digestOf(forecasts),
    },
  };
}

/** A candidate that could not deal with a single series would only be the baseline under another name. */
function refuseIdleTrainer({ trainer }: Recipe, series: number, notes: readonly FitNote[]): void {
  const empty = notes.filter(({ kind }) => kind === 'empty').length;
  if (empty === series) {
    throw new TrainingError(`None of the ${series} series has a value before the end of the training part.`);
  }
  const reasons = notes.flatMap(note => (note.kind === 'fallback' ? [note.reason] : []));
  if (reasons.length === 0 || empty + reasons.length < series) return;
  throw new TrainingError(
    `${trainer} can forecast none of the ${series} series: ${[...new Set(reasons)].join('; ')}.`,
  );
}

function digestOf(forecasts: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const values of forecasts) hash.update(values);
  return hash.digest('hex');
}

function countsOf(
  notes: readonly FitNote[],
): Pick<ForecasterRun, 'filled' | 'fallbacks' | 'empty' | 'fallbackReasons'> {
  const count = (kind: FitNote['kind']) => notes.filter(note => note.kind === kind).length;
  const fallbackReasons: Record<string, number> = {};
  for (const { kind, reason } of notes) {
    if (kind === 'fallback') fallbackReasons[reason] = (fallbackReasons[reason] ?? 0) + 1;
  }
  return { filled: count('filled'), fallbacks: count('fallback'), empty: count('empty'), fallbackReasons };
}
