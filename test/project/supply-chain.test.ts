import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { PROJECT } from '../../lib/project.ts';

/** All let a company use, change and ship the code; none asks to publish what is built on it. */
const LICENCES = [
  'MIT',
  'MIT-0',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'MIT OR Apache-2.0',
  // The choice is ours, and it is MIT.
  '(MIT OR GPL-3.0-or-later)',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
];

/** Packages of other licences, each with the reason why it does no harm. */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  // Conditions on its own files alone, which are unchanged; only the test runner uses it, nothing ships it.
  'MPL-2.0': /^lightningcss(-|$)/,
};

const read = (file: string): unknown => JSON.parse(readFileSync(join(PROJECT, file), 'utf8'));

const { dependencies, devDependencies, allowScripts } = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(read('package.json'));

const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        license: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
        inBundle: z.boolean().optional(),
        peer: z.boolean().optional(),
      }),
    ),
  })
  .parse(read('package-lock.json'));

const REGISTRY = 'https://registry.npmjs.org/';

const installed = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

test('every dependency is an exact version, which the lock file has', () => {
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/);
    expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
});

test('every package has a checksum, and none comes from elsewhere than the registry', () => {
  const loose = installed.filter(
    ([, { resolved, integrity, inBundle }]) =>
      // What lies inside another package's archive is covered by that archive's checksum.
      inBundle !== true &&
      // Without an address, it is the registry that npm is set up with.
      !(integrity?.startsWith('sha512-') && (resolved ?? REGISTRY).startsWith(REGISTRY)),
  );
  expect(loose).toEqual([]);
});

test('every package has a licence that allows commercial use without conditions on what is built', () => {
  const licenceOf = (path: string, locked: string | undefined): unknown => {
    const file = join(path, 'package.json');
    if (locked !== undefined || !existsSync(join(PROJECT, file))) return locked;
    return z.looseObject({ license: z.unknown() }).parse(read(file)).license;
  };
  const others = installed
    .map(([path, { license }]) => [nameOf(path), licenceOf(path, license)] as const)
    .filter(
      ([name, licence]) =>
        typeof licence !== 'string' || !(LICENCES.includes(licence) || EXCEPTIONS[licence]?.test(name)),
    );
  expect(others).toEqual([]);
});

test('every package that would run something when it is installed is on the list that says whether it may', () => {
  const scripted = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => nameOf(path));
  expect([...new Set(scripted)].sort().filter(name => !(name in allowScripts))).toEqual([]);
  expect(Object.keys(allowScripts).filter(name => !scripted.includes(name))).toEqual([]);
});
