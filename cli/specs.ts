import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
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

/** The folder of a model's spec; undefined where the state alone keeps it, without what lies beside it. */
export const folderOf = ({ name }: Spec, models: string): string | undefined =>
  ['yaml', 'yml'].some(extension => existsSync(join(models, `${name}.${extension}`))) ? models : undefined;

/** Keeps a copy of a spec file in the state. */
export function keepSpec(state: string, spec: Spec, file: string): void {
  mkdirSync(keptSpecs(state), { recursive: true });
  copyFileSync(file, join(keptSpecs(state), `${spec.name}.yaml`));
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
