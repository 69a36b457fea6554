import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import * as z from 'zod';
import { PROJECT } from '../project.ts';
import { type Bundles, bundleHandlers } from './bundle-handlers.ts';

const CACHE = join(PROJECT, '.cache', 'bundles');

/** All that the bytes depend on: the sources, the locked packages, and how they are put together. */
const INPUTS = [
  '{core,lambdas}/**/*.*',
  'package-lock.json',
  'tsconfig.json',
  'lib/functions/bundle-handlers.ts',
];

const cacheSchema = z.object({
  key: z.string(),
  bundles: z.map(z.string(), z.instanceof(Uint8Array<ArrayBufferLike>)),
});

/** `bundleHandlers`, which takes more than a second; while the sources are unchanged, the last bundles are read back. */
export function cachedBundles(entries: readonly string[]): Bundles {
  const key = keyOf(entries);
  const kept = read();
  if (kept?.key === key) return kept.bundles;
  const bundles = new Map(bundleHandlers(entries));
  write({ key, bundles });
  return bundles;
}

function keyOf(entries: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(entries));
  for (const file of globSync(INPUTS, { cwd: PROJECT }).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(PROJECT, file)));
  }
  return hash.digest('hex');
}

function read(): z.output<typeof cacheSchema> | undefined {
  try {
    return cacheSchema.parse(deserialize(readFileSync(CACHE)));
  } catch {
    // Not there yet, or of another version: it is only a cache.
    return undefined;
  }
}

function write(cache: z.output<typeof cacheSchema>): void {
  mkdirSync(dirname(CACHE), { recursive: true });
  const half = `${CACHE}.${process.pid}`;
  writeFileSync(half, serialize(cache));
  renameSync(half, CACHE);
}
