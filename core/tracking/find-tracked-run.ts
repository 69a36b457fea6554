import { loadVersion } from '../registry/versions.ts';
import { modelKeys, RUNS, VERSIONS } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { NoSuchRunError } from '../telemetry/errors.ts';
import { loadRun, type RunRecord } from '../training/run-record.ts';

/** A run, and the version that it was asked for by. */
export interface TrackedRun {
  readonly run: RunRecord;
  readonly version: number | null;
}

/** A shorter beginning of an id is more likely a mistake than an abbreviation. */
const SHORTEST = 4;

/**
 * The run that people mean by `RUN` (its id, or the beginning of it that no other run shares), by `VERSION` (a number,
 * such as 3 or v3), or by either of them behind a model: `departures/3`.
 * @throws NoSuchRunError when there is none, or more than one, with what there is.
 */
export async function findTrackedRun(models: ObjectStore, reference: string): Promise<TrackedRun> {
  const [, model, name = ''] = /^(?:([^/]+)\/)?([^/]+)$/.exec(reference) ?? [];
  const number = /^v?([1-9]\d{0,5})$/.exec(name)?.[1];
  return number === undefined
    ? { run: await runCalled(models, model, name, reference), version: null }
    : await versionNumbered(models, model, Number(number), reference);
}

async function runCalled(
  models: ObjectStore,
  model: string | undefined,
  name: string,
  reference: string,
): Promise<RunRecord> {
  const found: { readonly model: string; readonly run: string }[] = [];
  if (name.length >= SHORTEST) {
    for await (const { key } of models.list(model === undefined ? RUNS : `${RUNS}${model}/`)) {
      const [, owner, run] = /^runs\/([^/]+)\/([^/]+)\/run\.json$/.exec(key) ?? [];
      if (owner !== undefined && run?.startsWith(name)) found.push({ model: owner, run });
    }
  }
  const [first, second] = found;
  if (first === undefined) {
    throw new NoSuchRunError(
      `There is no run or version "${reference}". Runs have ids of 16 digits and letters, versions numbers; ` +
        '"antei runs MODEL" and "antei versions MODEL" list them.',
    );
  }
  if (second !== undefined) {
    const ids = found.map(one => `${one.model}/${one.run}`).join(', ');
    throw new NoSuchRunError(
      `"${reference}" stands for several runs: ${ids}. Write more of the one you mean.`,
    );
  }
  return await loadRun(models, first.model, first.run);
}

async function versionNumbered(
  models: ObjectStore,
  model: string | undefined,
  number: number,
  reference: string,
): Promise<TrackedRun> {
  const owners = model === undefined ? await modelsWithVersion(models, number) : [model];
  const [owner, second] = owners;
  if (second !== undefined) {
    const names = owners.map(name => `${name}/${number}`).join(', ');
    throw new NoSuchRunError(`Several models have a version ${number}. Name the model too: ${names}.`);
  }
  if (owner === undefined || (await models.head(modelKeys.version(owner, number))) === undefined) {
    throw new NoSuchRunError(
      `There is no version "${reference}"; "antei versions MODEL" lists what there is.`,
    );
  }
  const version = await loadVersion(models, owner, number);
  return { run: await loadRun(models, owner, version.run), version: number };
}

async function modelsWithVersion(models: ObjectStore, number: number): Promise<string[]> {
  const owners: string[] = [];
  for await (const { key } of models.list(VERSIONS)) {
    const [, owner, found] = /^versions\/([^/]+)\/(\d+)\.json$/.exec(key) ?? [];
    if (owner !== undefined && Number(found) === number) owners.push(owner);
  }
  return owners;
}
