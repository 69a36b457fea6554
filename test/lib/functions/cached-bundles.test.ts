import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../core/storage/digest.ts';
import { bundleHandlers } from '../../../lib/functions/bundle-handlers.ts';
import { cachedBundles } from '../../../lib/functions/cached-bundles.ts';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { PROJECT } from '../../../lib/project.ts';

// One entry that no app has alone: the cache of the apps that run beside this test is not asked for it.
const ENTRIES = [HANDLERS.recordFailure.entry];
const CACHE = join(PROJECT, '.cache', 'bundles');

const digests = (bundles: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...bundles].map(([entry, bytes]) => [entry, sha256(bytes)]));

test('what is read back is what was bundled; another question or a broken cache is answered anew', () => {
  const bundled = digests(bundleHandlers(ENTRIES));
  expect(digests(cachedBundles(ENTRIES))).toEqual(bundled);
  expect(digests(cachedBundles(ENTRIES))).toEqual(bundled);
  expect([...cachedBundles([HANDLERS.promoteVersion.entry]).keys()]).toEqual([HANDLERS.promoteVersion.entry]);
  writeFileSync(CACHE, readFileSync(CACHE).subarray(0, 1000));
  expect(digests(cachedBundles(ENTRIES))).toEqual(bundled);
});
