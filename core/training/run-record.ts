import * as z from 'zod';
import { measuresSchema } from '../evaluation/measures.ts';
import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError, TrainingJobError } from '../telemetry/errors.ts';
import { scriptRequestSchema } from './script/script-request.ts';

const facts = z.object({
  id: z.string(),
  model: z.string(),
  dataset: z.string(),
  /** Digest of the spec that asked for the run. */
  specDigest: z.string(),
  trainer: z.string(),
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** Of the trainer `script`: what was run. */
  script: scriptRequestSchema.optional(),
  seed: z.int(),
  /** Digest of the code that trained. */
  codeDigest: z.string(),
  /** What the code ran on. */
  versions: z.record(z.string(), z.string()),
  /** The moment that the work belongs to. */
  time: z.iso.datetime({ offset: true }),
  /** Wall time of the training. */
  seconds: z.number(),
  /**
   * The most megabytes (2^20 bytes) that the process held from the reading of the data to the end of the training, Node
   * and what it had loaded included. An upper bound of what the training took: in the embedded cloud, and where the
   * system cannot begin its peak anew, other work of the process counts too (`core/telemetry/peak-memory.ts`).
   */
  memory: z.number(),
});

const succeeded = facts.extend({
  status: z.literal('succeeded'),
  metrics: z.object({ validation: measuresSchema }),
  /** SHA-256 of each file of the model artifact, by its name under the run. */
  artifacts: z.record(z.string(), z.string()),
  /**
   * What the model looks at, most important first, as shares of all that its features contribute; empty where it has no
   * features.
   */
  importance: z.array(z.object({ feature: z.string(), share: z.number() })).default([]),
});

const forecaster = succeeded.extend({
  task: z.literal('forecasting'),
  /** Series that the trainer was given. */
  series: z.int(),
  /** Of these, the ones with interpolated values, with the baseline in place of the trainer, and without any value. */
  filled: z.int(),
  fallbacks: z.int(),
  empty: z.int(),
  /** Why the baseline stood in, and for how many series. */
  fallbackReasons: z.record(z.string(), z.int()),
});

const predictor = succeeded.extend({
  task: z.enum(['regression', 'classification']),
  /** Examples that were learned from. */
  examples: z.int(),
});

const failed = facts.extend({
  status: z.literal('failed'),
  error: z.object({ name: z.string(), message: z.string() }),
});

/**
 * `run.json`: one training attempt of one candidate. It is written last and once: where it is, the run is whole, and
 * a repetition returns it as it is (`seconds` would differ). Only a run whose job could not run is replaced by a later
 * attempt.
 */
export const runRecordSchema = z.discriminatedUnion('status', [
  z.discriminatedUnion('task', [forecaster, predictor]),
  failed,
]);

export type RunRecord = z.output<typeof runRecordSchema>;
export type SucceededRun = Extract<RunRecord, { status: 'succeeded' }>;
export type ForecasterRun = z.output<typeof forecaster>;
export type PredictorRun = z.output<typeof predictor>;

/** Name of the spec under its run: with the dataset and the record, all that is needed to train again. */
export const RUN_SPEC = 'spec.json';

/** A run, or undefined when there is none of this id, or it did not come to its end. */
export async function findRun(
  models: ObjectStore,
  model: string,
  run: string,
): Promise<RunRecord | undefined> {
  const object = await models.get(modelKeys.run(model, run, 'run.json'));
  return object && runRecordSchema.parse(JSON.parse(object.body.toString()));
}

/** Whether another attempt may end otherwise: nothing that the run's id names has decided it. */
const isOpen = (run: RunRecord): boolean =>
  run.status === 'failed' && run.error.name === TrainingJobError.NAME;

/**
 * A run that need not be trained at a time: it has ended, or was tried at this very moment. Undefined when there is none.
 */
export async function settledRun(
  models: ObjectStore,
  model: string,
  run: string,
  time: string,
): Promise<RunRecord | undefined> {
  const known = await findRun(models, model, run);
  return known !== undefined && isOpen(known) && Date.parse(known.time) !== Date.parse(time)
    ? undefined
    : known;
}

/** Writes a run, unless somebody else was first; returns the run that then counts. */
export async function keepRun(models: ObjectStore, run: RunRecord): Promise<RunRecord> {
  const key = modelKeys.run(run.model, run.id, 'run.json');
  const text = canonicalJson(run);
  if (await models.putIfAbsent(key, text)) return run;
  const object = await models.get(key);
  if (object === undefined) throw new ObjectNotFoundError(models.url, key);
  const standing = runRecordSchema.parse(JSON.parse(object.body.toString()));
  if (!isOpen(standing) || Date.parse(standing.time) === Date.parse(run.time)) return standing;
  return (await models.putIfMatch(key, text, object.etag)) ? run : loadRun(models, run.model, run.id);
}

/** A run. Throws ObjectNotFoundError when there is none of this id. */
export async function loadRun(models: ObjectStore, model: string, run: string): Promise<RunRecord> {
  const record = await findRun(models, model, run);
  if (record === undefined) throw new ObjectNotFoundError(models.url, modelKeys.run(model, run, 'run.json'));
  return record;
}

/** Every run of a model, oldest first. */
export async function listRuns(models: ObjectStore, model: string): Promise<RunRecord[]> {
  const runs: RunRecord[] = [];
  for await (const { key } of models.list(modelKeys.runs(model))) {
    if (!key.endsWith('/run.json')) continue;
    const object = await models.get(key);
    if (object !== undefined) runs.push(runRecordSchema.parse(JSON.parse(object.body.toString())));
  }
  return runs.sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || (a.id < b.id ? -1 : 1));
}
