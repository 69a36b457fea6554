import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { lockedPackage, requireIntegrity } from '../../../lib/functions/locked-package.ts';
import manifest from '../../../package.json' with { type: 'json' };

test('the lock file names the binding of every platform in the version of the API', () => {
  for (const platform of ['linux-arm64', 'linux-x64', 'darwin-arm64']) {
    const { version, integrity } = lockedPackage(`@duckdb/node-bindings-${platform}`);
    expect(version).toBe(manifest.dependencies['@duckdb/node-api']);
    expect(integrity).toMatch(/^sha512-[\w+/]{86}==$/);
  }
});

test('a package that is not in the lock file is refused by name', () => {
  expect(() => lockedPackage('@duckdb/node-bindings-plan9-mips')).toThrow(
    'package-lock.json has no entry with version and integrity for @duckdb/node-bindings-plan9-mips: this platform is not supported.',
  );
});

test('an archive is accepted only when it is byte for byte the locked one', () => {
  const archive = Buffer.from('archive');
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const locked = { name: 'p', version: '1.0.0', integrity };
  expect(() => requireIntegrity(locked, archive)).not.toThrow();
  expect(() => requireIntegrity(locked, Buffer.from('Archive'))).toThrow(
    /^p@1\.0\.0: the registry sent sha512-.+, package-lock\.json asks for sha512-/,
  );
});
