import { performance } from 'node:perf_hooks';
import { resourceUsage } from 'node:process';
import { isTabular, type Spec } from '../spec/schema.ts';
import { canonicalJson, identityOf, sha256 } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import { messageOf } from '../telemetry/errors.ts';
import { prepareForecaster } from './forecasting/train-forecaster.ts';
import { libraryVersions } from './library-versions.ts';
import { SEED } from './recipe.ts';
import { findRun, loadRun, type RunRecord } from './run-record.ts';
import { preparePredictor } from './tabular/train-predictor.ts';
import type { Classroom, Learned } from './trained-candidate.ts';

export interface TrainingRequest extends Classroom {
  /** ISO 8601; the moment that the work belongs to. */
  readonly time: string;
  /** Digest of the code that trains: another code is another run. */
  readonly codeDigest: string;
}

/**
 * Trains one candidate on the training part, measures it on the validation part, and stores what it has learned. The
 * id of the run names all that decides its result, so training the same again returns the stored run. Whatever the
 * trainer throws makes a failed run, never an exception; a dataset or store that cannot be read is an exception, for it
 * is not the candidate's fault.
 */
export async function trainCandidate(request: TrainingRequest): Promise<RunRecord> {
  const { models, spec, candidate, dataset, codeDigest } = request;
  const id = runId(request);
  const known = await findRun(models, spec.name, id);
  if (known !== undefined) return known;

  const learn = await prepare(request);
  const started = performance.now();
  const learned = await attempt(learn);
  const facts = {
    ...{ id, model: spec.name, dataset, specDigest: identityOf(spec), codeDigest, seed: SEED },
    ...{ trainer: candidate.trainer, hyperparameters: { ...candidate.hyperparameters }, time: request.time },
    versions: libraryVersions(candidate.trainer),
    seconds: Math.round(performance.now() - started) / 1000,
    memory: Math.round(resourceUsage().maxRSS / 1024),
  };

  let run: RunRecord;
  if ('error' in learned) {
    run = { ...facts, status: 'failed', error: learned.error };
  } else {
    const files = Object.entries(learned.artifacts);
    for (const [name, content] of files) await models.put(modelKeys.run(spec.name, id, name), content);
    const artifacts = Object.fromEntries(files.map(([name, content]) => [name, sha256(content)]));
    run = { ...facts, status: 'succeeded', ...learned.outcome, artifacts };
  }
  const first = await models.putIfAbsent(modelKeys.run(spec.name, id, 'run.json'), canonicalJson(run));
  return first ? run : loadRun(models, spec.name, id);
}

/** Id of a run: names all that decides its result. */
export const runId = ({ spec, dataset, candidate, codeDigest }: TrainingRequest): string =>
  identityOf({
    ...{ dataset, codeDigest, seed: SEED, ...asked(spec) },
    ...{ candidate: candidate.trainer, hyperparameters: candidate.hyperparameters },
  });

/** What the spec asks of a model that is not part of every dataset's identity. */
const asked = (spec: Spec): Record<string, unknown> =>
  isTabular(spec)
    ? spec.task === 'regression'
      ? { quantile: spec.quantile ?? null }
      : {}
    : { horizon: spec.horizon, season: spec.series.season };

/** Reads the data, and gives the function that learns. */
const prepare = ({ spec, ...rest }: TrainingRequest): Promise<() => Promise<Learned>> =>
  isTabular(spec) ? preparePredictor({ ...rest, spec }) : prepareForecaster({ ...rest, spec });

async function attempt(
  work: () => Promise<Learned>,
): Promise<Learned | { readonly error: { readonly name: string; readonly message: string } }> {
  try {
    return await work();
  } catch (error) {
    return { error: { name: error instanceof Error ? error.name : 'Error', message: messageOf(error) } };
  }
}
