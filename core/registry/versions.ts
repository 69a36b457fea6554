import * as z from 'zod';
import { endOfData, loadAnyDataset } from '../data/dataset/load-dataset.ts';
import { findEvaluation } from '../evaluation/evaluation-record.ts';
import { measuresSchema } from '../evaluation/measures.ts';
import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { loadArtifact } from '../training/model-artifact.ts';
import { recipeSchema } from '../training/recipe.ts';
import { loadRun } from '../training/run-record.ts';
import { loadPredictorArtifact } from '../training/tabular/predictor-artifact.ts';
import { tabularRecipeSchema } from '../training/tabular/tabular-recipe.ts';

const facts = z.object({
  model: z.string(),
  version: z.int().min(1),
  run: z.string(),
  dataset: z.string(),
  /**
   * End of the data that it was evaluated on, where its forecasts begin; the moment of the registration where its
   * examples have no time.
   */
  dataEnd: z.iso.datetime(),
  codeDigest: z.string(),
  /** SHA-256 of each file of the model artifact, by its name under the run. */
  artifacts: z.record(z.string(), z.string()),
  metrics: z.object({ validation: measuresSchema, test: measuresSchema }),
  /** What the gate said. */
  reason: z.string(),
  /** The moment of the registration. */
  time: z.iso.datetime({ offset: true }),
});

/** `versions/<model>/<n>.json`: a run that passed the gate. Written once, never changed. */
export const versionSchema = z.discriminatedUnion('task', [
  facts.extend({ task: z.literal('forecasting'), recipe: recipeSchema }),
  facts.extend({ task: z.enum(['regression', 'classification']), recipe: tabularRecipeSchema }),
]);

export type VersionRecord = z.output<typeof versionSchema>;
export type ForecastingVersion = Extract<VersionRecord, { task: 'forecasting' }>;
export type TabularVersion = Exclude<VersionRecord, ForecastingVersion>;

/** What a version says before it has a number. */
type Unnumbered<V = VersionRecord> = V extends VersionRecord ? Omit<V, 'version'> : never;

/** Every version of a model, by number. */
export async function listVersions(models: ObjectStore, model: string): Promise<VersionRecord[]> {
  const versions: VersionRecord[] = [];
  for await (const { key } of models.list(modelKeys.versions(model))) {
    if (!key.endsWith('.json')) continue;
    const object = await models.get(key);
    if (object !== undefined) versions.push(versionSchema.parse(JSON.parse(object.body.toString())));
  }
  // Keys are in the order of text, where 10 stands before 2.
  return versions.sort((a, b) => a.version - b.version);
}

/** A version. Throws ObjectNotFoundError when there is none of this number. */
export async function loadVersion(
  models: ObjectStore,
  model: string,
  version: number,
): Promise<VersionRecord> {
  const key = modelKeys.version(model, version);
  const object = await models.get(key);
  if (object === undefined) throw new ObjectNotFoundError(models.url, key);
  return versionSchema.parse(JSON.parse(object.body.toString()));
}

/**
 * Gives an evaluated run the next version number. A run is registered once: registering it again returns the version
 * that it has. Of any number of concurrent registrations each gets a number of its own, without gaps.
 * @throws ObjectNotFoundError when the run, its evaluation or the dataset is not there.
 */
export async function registerVersion(o: {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly model: string;
  readonly dataset: string;
  readonly run: string;
  readonly time: string;
}): Promise<VersionRecord> {
  const { data, models, model, time } = o;
  const run = await loadRun(models, model, o.run);
  const evaluation = await findEvaluation(models, model, o.run);
  if (run.status === 'failed' || evaluation === undefined) {
    throw new ObjectNotFoundError(models.url, modelKeys.run(model, o.run, 'evaluation.json'));
  }
  const dataset = await loadAnyDataset(data, model, o.dataset);
  const dataEnd = endOfData(dataset) ?? new Date(time).toISOString();
  const shared = {
    ...{ model, run: run.id, dataset: dataset.id, dataEnd, time },
    ...{ codeDigest: run.codeDigest, artifacts: run.artifacts, reason: evaluation.reason },
    metrics: { validation: run.metrics.validation, test: evaluation.test.chosen },
  };
  if (run.task === 'forecasting') {
    const { recipe } = await loadArtifact(models, model, run.id);
    return await claimNumber(models, { ...shared, task: run.task, recipe });
  }
  const { recipe } = await loadPredictorArtifact(models, model, run.id);
  return await claimNumber(models, { ...shared, task: run.task, recipe });
}

/**
 * Writes the version under the first free number. Only the number after the last one is ever tried, so whoever loses
 * a race sees the winner when it looks again; that keeps numbers without gaps and a run from being registered twice.
 */
export async function claimNumber(models: ObjectStore, facts: Unnumbered): Promise<VersionRecord> {
  for (;;) {
    const versions = await listVersions(models, facts.model);
    const same = versions.find(({ run }) => run === facts.run);
    if (same !== undefined) return same;
    const next = { ...facts, version: (versions.at(-1)?.version ?? 0) + 1 };
    if (await models.putIfAbsent(modelKeys.version(facts.model, next.version), canonicalJson(next)))
      return next;
  }
}
