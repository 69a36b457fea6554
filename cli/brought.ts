import { realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { featureKinds } from '../core/data/features/feature-kinds.ts';
import { isTabular, type Spec } from '../core/spec/schema.ts';
import type { SpecProblem } from '../core/spec/spec-problem.ts';
import { modelKeys } from '../core/storage/layout.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import { broughtProblem } from '../core/training/onnx/brought-problem.ts';

/** A trained model that a candidate of a spec brings. */
interface Brought {
  /** Its path in the spec. */
  readonly file: string;
  /** Where it lies; undefined where it is not there, or a link leads out of the folder of the spec. */
  readonly path: string | undefined;
  /** Place of the candidate in the spec. */
  readonly candidate: number;
}

function broughtBy({ candidates }: Spec, folder: string): Brought[] {
  return candidates.flatMap(({ file }, candidate) =>
    file === undefined ? [] : [{ file, path: within(folder, file), candidate }],
  );
}

/** The real path of a file in a folder. */
function within(folder: string, file: string): string | undefined {
  try {
    const root = realpathSync(folder);
    const path = realpathSync(join(root, file));
    const inside = relative(root, path).split(sep)[0] !== '..';
    return inside && statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Trained models that a spec names and that are not beside it. */
export const broughtProblems = (spec: Spec, folder: string): SpecProblem[] =>
  broughtBy(spec, folder)
    .filter(({ path }) => path === undefined)
    .map(({ file, candidate }) => ({
      path: ['candidates', candidate, 'file'],
      message: `there is no file "${file}" in the folder of the spec`,
    }));

/** Trained models beside a spec without other problems that cannot answer for its features. */
export async function unfitModels(spec: Spec, folder: string): Promise<SpecProblem[]> {
  const problems: SpecProblem[] = [];
  const all = broughtBy(spec, folder);
  if (!isTabular(spec) || all.length === 0) return problems;
  const features = await featureKinds(spec);
  for (const { path, candidate } of all) {
    const message = path && (await broughtProblem(await readFile(path), spec.task, features));
    if (message) problems.push({ path: ['candidates', candidate, 'file'], message });
  }
  return problems;
}

/** Puts the trained models that lie beside a spec where its workflow looks for them. */
export async function bring(models: ObjectStore, spec: Spec, folder: string): Promise<void> {
  for (const { file, path } of broughtBy(spec, folder)) {
    if (path !== undefined) await models.putFile(modelKeys.brought(spec.name, file), path);
  }
}
