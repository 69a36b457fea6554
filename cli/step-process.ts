import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { type StepName, type StepOutput, steps } from '../core/workflow/steps.ts';
import { writeBundle } from '../lib/functions/bundle-handlers.ts';
import { cachedBundles } from '../lib/functions/cached-bundles.ts';
import { BUNDLED, HANDLERS } from '../lib/functions/handlers.ts';
import { PROJECT } from '../lib/project.ts';

/** Runs the handler in a file with a payload, and writes its answer to another file. */
const PROGRAM = `
const { writeFileSync } = await import('node:fs');
const [handler, payload, answer] = process.argv.slice(1);
const module = await import(handler);
writeFileSync(answer, JSON.stringify(await module.handler(JSON.parse(payload))));
`;

/** What a step answered, or why it did not. */
export type Answered<S extends StepName> = { readonly output: StepOutput<S> } | { readonly failure: string };

/**
 * Does a step by the deployed function's own bundle of this checkout, in a process of its own.
 * @param folder An existing folder for its code.
 */
export async function stepInProcess<S extends StepName>(
  step: S,
  payload: unknown,
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<Answered<S>> {
  const code = join(folder, step);
  await mkdir(code);
  // All files, as when they are deployed: the cache then serves both.
  writeBundle(code, cachedBundles(BUNDLED), HANDLERS[step]);
  const [handler, answer] = [join(code, 'index.mjs'), join(code, 'answer.json')];
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, pathToFileURL(handler).href, JSON.stringify(payload), answer],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // On Lambda the native library comes from a layer, where `require` looks; here from the installed packages.
      env: { ...process.env, TZ: 'UTC', NODE_PATH: join(PROJECT, 'node_modules'), ...variables },
    },
  );
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const [, complaint, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status === 0) {
    return { output: steps[step].output.parse(JSON.parse(await readFile(answer, 'utf8'))) as StepOutput<S> };
  }
  const error = /^\w*Error: .*$/m.exec(complaint)?.[0];
  return { failure: error ?? `the training process ended with ${status ?? 'a signal'}` };
}
