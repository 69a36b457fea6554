import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { packSpec } from '../core/spec/packed-spec.ts';
import type { Spec } from '../core/spec/schema.ts';
import { openStore } from '../core/storage/open-store.ts';
import { scratchFolder } from '../core/storage/scratch-folder.ts';
import { ENVIRONMENT } from '../core/telemetry/environment.ts';
import { keptFile } from '../core/training/onnx/brought-files.ts';
import { listRuns, type RunRecord } from '../core/training/run-record.ts';
import { writeBundle } from '../lib/functions/bundle-handlers.ts';
import { cachedBundles } from '../lib/functions/cached-bundles.ts';
import { HANDLERS } from '../lib/functions/handlers.ts';
import { PROJECT } from '../lib/project.ts';
import type { Stores } from './local-cloud.ts';

/** Runs the handler in the file that it is given, with the payload that it is given. */
const PROGRAM = `
const { handler } = await import(process.argv[1]);
await handler(JSON.parse(process.argv[2]));
`;

/**
 * Trains a recorded run again: the deployed function's own bundle of this checkout, in a process of its own, on the
 * recorded dataset and spec, with an empty model bucket in which it cannot find the run that is there already.
 * The trained model that a run brought is put there.
 * @param stores They are only read.
 * @returns The new run; or, where the process failed, what it said.
 */
export async function retrain(
  { data, models: kept }: Stores,
  run: RunRecord,
  spec: Spec,
): Promise<RunRecord | string> {
  await using scratch = await scratchFolder('reproduce');
  const code = join(scratch.path, 'code');
  const models = pathToFileURL(join(scratch.path, 'models')).href;
  await mkdir(code);
  const { entry, packageFiles } = HANDLERS.trainCandidate;
  // All handlers, as when they are deployed: the cache then serves both.
  const bundle = cachedBundles(Object.values(HANDLERS).map(handler => handler.entry)).get(entry);
  if (bundle === undefined) throw new Error(`${entry} was not bundled`);
  writeBundle(code, bundle, packageFiles);
  const brought = keptFile(run.model, run);
  const object = brought && (await kept.get(brought.key));
  if (brought && object) await openStore(models).put(brought.key, object.body);
  const { trainer, hyperparameters, dataset, time } = run;
  const payload = { time, dataset, spec: packSpec(spec), candidate: { trainer, hyperparameters } };
  const failure = await inProcess(join(code, 'index.mjs'), payload, {
    [ENVIRONMENT.dataStore]: data.url,
    [ENVIRONMENT.modelStore]: models,
  });
  const [again] = await listRuns(openStore(models), run.model);
  return again ?? failure;
}

/** Runs a handler to its end; returns what it left on stderr and stdout when it failed. */
async function inProcess(
  handler: string,
  payload: unknown,
  variables: Record<string, string>,
): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, pathToFileURL(handler).href, JSON.stringify(payload)],
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
  if (status === 0) return '';
  const error = /^\w*Error: .*$/m.exec(complaint)?.[0];
  return error ?? `the training process ended with ${status ?? 'a signal'}`;
}
