import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../../core/storage/digest.ts';
import { bundleHandlers } from '../../../lib/functions/bundle-handlers.ts';
import { HANDLERS } from '../../../lib/functions/handlers.ts';
import { PROJECT } from '../../../lib/project.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ENTRIES = Object.values(HANDLERS).map(({ entry }) => entry);

const digests = (bundles: ReadonlyMap<string, Uint8Array>) =>
  Object.fromEntries([...bundles].map(([entry, bytes]) => [entry, sha256(bytes)]));

test('the same sources give the same bytes in every checkout, whatever else is bundled with them', () => {
  const checkout = temporaryDirectory();
  for (const name of ['core', 'lambdas', 'package.json', 'tsconfig.json']) {
    cpSync(join(PROJECT, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(checkout, 'node_modules'), 'junction');

  const here = digests(bundleHandlers(ENTRIES));
  expect(Object.keys(here).sort()).toEqual([...ENTRIES].sort());
  expect(digests(bundleHandlers([...ENTRIES].reverse(), checkout))).toEqual(here);
  // The digest of this bundle enters the identity of every run.
  const [alone] = ENTRIES.filter(entry => entry === HANDLERS.trainCandidate.entry);
  expect(digests(bundleHandlers(ENTRIES.filter(entry => entry === alone)))).toEqual({
    [HANDLERS.trainCandidate.entry]: here[HANDLERS.trainCandidate.entry],
  });
});
