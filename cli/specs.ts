import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { loadSpecs } from '../core/spec/parse-spec.ts';
import type { Spec } from '../core/spec/schema.ts';
import { UsageError } from './command.ts';

/** Specs that `run` brought along: the state keeps them, so that later commands know the model. */
const keptSpecs = (state: string): string => join(state, 'specs');

/** Every spec that the embedded cloud deploys: those of the models directory, then those that the state keeps. */
export function deployedSpecs(state: string, models: string): Spec[] {
  const specs = [models, keptSpecs(state)].filter(existsSync).flatMap(loadSpecs);
  const byName = new Map(specs.reverse().map(spec => [spec.name, spec]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Keeps a copy of a spec file in the state, and where it was: its scripts run there. */
export function keepSpec(state: string, spec: Spec, file: string): void {
  mkdirSync(keptSpecs(state), { recursive: true });
  copyFileSync(file, join(keptSpecs(state), `${spec.name}.yaml`));
  writeFileSync(keptFolder(state, spec.name), dirname(resolve(file)));
}

const keptFolder = (state: string, model: string): string => join(keptSpecs(state), `${model}.folder`);

/** The folder that a model's spec was written in; undefined where that is not known. */
export function folderOf(model: string, state: string, models: string): string | undefined {
  if (['yaml', 'yml'].some(extension => existsSync(join(models, `${model}.${extension}`)))) {
    return resolve(models);
  }
  const kept = keptFolder(state, model);
  return existsSync(kept) ? readFileSync(kept, 'utf8') : undefined;
}

/** The spec of a model, or a UsageError that names the models there are. */
export function specOf(specs: readonly Spec[], model: string | undefined): Spec {
  const spec = specs.find(({ name }) => name === model);
  if (spec !== undefined) return spec;
  const names = specs.map(({ name }) => name).join(', ') || 'none';
  throw new UsageError(
    model === undefined ? `Name a model: ${names}` : `There is no model "${model}"; models here: ${names}`,
  );
}
