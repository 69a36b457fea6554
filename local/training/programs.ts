import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Spec, TabularSpec } from '../../core/spec/schema.ts';
import { canonicalJson, sha256 } from '../../core/storage/digest.ts';

/** A program of this machine that training jobs may run: what an image is on AWS. */
export interface Program {
  /** Names the command and the content of the files that it names. */
  readonly image: string;
  readonly command: readonly string[];
  /** Where it runs: the folder of the spec. */
  readonly folder: string;
}

/**
 * The program of a script as it is now. Its digest covers the command and those of its words that are files of the
 * folder or below it; not what these import.
 */
export function programOf(model: string, folder: string, command: readonly string[]): Program {
  const files = command.flatMap(word => {
    const path = join(folder, word);
    const isInside = !relative(folder, path).startsWith('..') && !word.startsWith('/');
    return isInside && statSync(path, { throwIfNoEntry: false })?.isFile() === true
      ? [[word, sha256(readFileSync(path))]]
      : [];
  });
  const digest = sha256(canonicalJson({ command, files: Object.fromEntries(files) }));
  return { image: `local/${model}@sha256:${digest}`, command, folder };
}

/**
 * A spec as the embedded cloud deploys it: each script has its program as it is now for an image, so that a changed
 * program is another candidate. These programs, and nothing else, can be run.
 */
export function withPrograms(
  spec: Spec,
  folder: string | undefined,
): { readonly spec: Spec; readonly programs: readonly Program[] } {
  if (spec.task === 'forecasting' || folder === undefined) return { spec, programs: [] };
  const programs = spec.candidates.flatMap(({ command }) =>
    command === undefined ? [] : [programOf(spec.name, folder, command)],
  );
  const imageOf = (command: readonly string[]): string | undefined =>
    programs.find(program => program.command === command)?.image;
  const stamped = <C extends Candidate>(candidates: readonly C[]): C[] =>
    candidates.map(one => (one.command === undefined ? one : { ...one, image: imageOf(one.command) }));
  return { spec: { ...spec, candidates: stamped(spec.candidates) }, programs };
}

type Candidate = Pick<TabularSpec['candidates'][number], 'command' | 'image'>;
