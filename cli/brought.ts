import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { SpecProblem } from '../core/spec/consistency.ts';
import type { Spec } from '../core/spec/schema.ts';
import { modelKeys } from '../core/storage/layout.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';

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
    return relative(root, path).split(sep)[0] === '..' ? undefined : path;
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

/** Puts the trained models that lie beside a spec where its workflow looks for them. */
export async function bring(models: ObjectStore, spec: Spec, folder: string): Promise<void> {
  for (const { file, path } of broughtBy(spec, folder)) {
    if (path !== undefined) await models.putFile(modelKeys.brought(spec.name, file), path);
  }
}
