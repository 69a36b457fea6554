import { type Spec, specSchema } from '../spec/schema.ts';
import { identityOf, sha256OfFile } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { ObjectNotFoundError } from '../telemetry/errors.ts';
import { keptFile } from '../training/onnx/brought-files.ts';
import { RUN_SPEC, type RunRecord } from '../training/run-record.ts';
import { datasetFiles } from './tracked-files.ts';

/** One thing that a run depends on, or left behind: as it was recorded, and as it is now. */
export interface InputCheck {
  readonly input: 'dataset' | 'brought' | 'program' | 'spec' | 'seed' | 'code' | 'library' | 'artifact';
  /** Its key, its name, or empty where there is only one of its kind. */
  readonly name: string;
  readonly recorded: string;
  /** Null where it is missing. */
  readonly found: string | null;
}

export const hasChanged = ({ recorded, found }: InputCheck): boolean => recorded !== found;

/** The spec that a run was trained with, or undefined when it is gone or cannot be read any more. */
export async function specOfRun(models: ObjectStore, run: RunRecord): Promise<Spec | undefined> {
  const object = await models.get(modelKeys.run(run.model, run.id, RUN_SPEC));
  return object && specSchema.safeParse(JSON.parse(object.body.toString())).data;
}

/** What is stored for a run, compared with what the run recorded of it, to the byte. */
export async function checkStored(
  { data, models }: { readonly data: ObjectStore; readonly models: ObjectStore },
  run: RunRecord,
): Promise<InputCheck[]> {
  const checks: InputCheck[] = [];
  const files = await datasetFiles(data, run.model, run.dataset);
  if (files === undefined) {
    checks.push({ input: 'dataset', name: run.dataset, recorded: run.dataset, found: null });
  }
  for (const { key, sha256 } of files ?? []) {
    checks.push({ input: 'dataset', name: key, recorded: sha256, found: await hashOf(data, key) });
  }
  const brought = keptFile(run.model, run);
  if (brought !== undefined) {
    const { key, sha256 } = brought;
    checks.push({ input: 'brought', name: key, recorded: sha256, found: await hashOf(models, key) });
  }
  const spec = await models.get(modelKeys.run(run.model, run.id, RUN_SPEC));
  checks.push({
    ...{ input: 'spec', name: '', recorded: run.specDigest },
    found: spec === undefined ? null : identityOf(JSON.parse(spec.body.toString())),
  });
  for (const [name, sha256] of Object.entries(run.status === 'succeeded' ? run.artifacts : {})) {
    const key = modelKeys.run(run.model, run.id, name);
    checks.push({ input: 'artifact', name: key, recorded: sha256, found: await hashOf(models, key) });
  }
  return checks;
}

/** What trained, compared with what trained again. */
export function checkCode(
  recorded: Pick<RunRecord, 'seed' | 'codeDigest' | 'versions'>,
  again: Pick<RunRecord, 'seed' | 'codeDigest' | 'versions'>,
): InputCheck[] {
  const names = new Set([...Object.keys(recorded.versions), ...Object.keys(again.versions)]);
  return [
    { input: 'seed', name: '', recorded: String(recorded.seed), found: String(again.seed) },
    { input: 'code', name: '', recorded: recorded.codeDigest, found: again.codeDigest },
    ...[...names].map(name => ({
      ...{ input: 'library' as const, name, recorded: recorded.versions[name] ?? 'none' },
      found: again.versions[name] ?? null,
    })),
  ];
}

async function hashOf(store: ObjectStore, key: string): Promise<string | null> {
  try {
    await using file = await store.materialize(key);
    return await sha256OfFile(file.path);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}
