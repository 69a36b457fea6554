import { performance } from 'node:perf_hooks';
import { isTabular } from '../spec/schema.ts';
import { identityOf, sha256 } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import { messageOf } from '../telemetry/errors.ts';
import { peakMemory, restartPeakMemory } from '../telemetry/peak-memory.ts';
import { prepareForecaster } from './forecasting/train-forecaster.ts';
import { libraryVersions } from './library-versions.ts';
import { lostTraining } from './lost-training.ts';
import { SEED } from './recipe.ts';
import { runId, type TrainingRequest } from './run-id.ts';
import { keepRun, type RunRecord, settledRun } from './run-record.ts';
import { preparePredictor } from './tabular/train-predictor.ts';
import type { Learned } from './trained-candidate.ts';

/**
 * Trains one candidate on the training part, measures it on the validation part, and stores what it has learned. The
 * id of the run names all that decides its result, so training the same again returns the stored run. Whatever the
 * trainer throws makes a failed run, never an exception; a dataset or store that cannot be read is an exception, for it
 * is not the candidate's fault.
 */
export async function trainCandidate(request: TrainingRequest): Promise<RunRecord> {
  const { models, spec, candidate, dataset, codeDigest } = request;
  const id = runId(request);
  const known = await settledRun(models, spec.name, id, request.time);
  if (known !== undefined) return known;

  restartPeakMemory();
  const learn = await prepare(request);
  const started = performance.now();
  const learned = await attempt(learn);
  const facts = {
    ...{ id, model: spec.name, dataset, specDigest: identityOf(spec), codeDigest, seed: SEED },
    ...{ trainer: candidate.trainer, hyperparameters: { ...candidate.hyperparameters }, time: request.time },
    ...(candidate.script !== undefined && { script: candidate.script }),
    versions: libraryVersions(candidate.trainer),
    seconds: Math.round(performance.now() - started) / 1000,
    memory: peakMemory(),
  };

  let run: RunRecord;
  if ('error' in learned) {
    run = { ...facts, status: 'failed', error: learned.error };
  } else {
    const files = Object.entries(learned.artifacts);
    for (const [name, content] of files) await models.put(modelKeys.run(spec.name, id, name), content);
    const artifacts = Object.fromEntries(files.map(([name, content]) => [name, sha256(content)]));
    const { seconds = facts.seconds } = learned;
    run = { ...facts, seconds, status: 'succeeded', ...learned.outcome, artifacts };
  }
  return keepRun(models, run);
}

/** Reads the data, and gives the function that learns. */
async function prepare({ spec, lost, ...rest }: TrainingRequest): Promise<() => Promise<Learned>> {
  if (lost !== undefined) return () => Promise.reject(lostTraining(lost));
  return isTabular(spec) ? preparePredictor({ ...rest, spec }) : prepareForecaster({ ...rest, spec });
}

async function attempt(
  work: () => Promise<Learned>,
): Promise<Learned | { readonly error: { readonly name: string; readonly message: string } }> {
  try {
    return await work();
  } catch (error) {
    return { error: { name: error instanceof Error ? error.name : 'Error', message: messageOf(error) } };
  }
}
