import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { PROJECT } from '../project.ts';

/** Packages that were fetched for another platform than this machine's. */
const CACHE = join(PROJECT, '.cache', 'packages');

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), integrity: z.string().optional() }),
  ),
});

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of the package's archive, such as `sha512-…`. */
  readonly integrity: string;
}

/** What the lock file says of a package. */
export function lockedPackage(name: string): LockedPackage {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new Error(
      `package-lock.json has no entry with version and integrity for ${name}: this platform is not supported.`,
    );
  }
  return { name, version, integrity };
}

/**
 * The directory of a locked package: the installed one, or, for another platform (which npm does not install), one
 * that is fetched once and kept.
 */
export function packageDirectory(name: string): string {
  const installed = join(PROJECT, 'node_modules', name);
  return existsSync(installed) ? installed : fetchPackage(lockedPackage(name));
}

function fetchPackage(locked: LockedPackage): string {
  const { name, version } = locked;
  const directory = join(CACHE, `${name.replace('/', '+')}@${version}`);
  if (existsSync(directory)) return directory;
  mkdirSync(dirname(directory), { recursive: true });
  const workshop = mkdtempSync(join(CACHE, 'fetching-'));
  try {
    const packed = run(
      'npm',
      ['pack', `${name}@${version}`, '--pack-destination', workshop, '--json'],
      PROJECT,
    );
    const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(packed));
    const archive = join(workshop, filename);
    requireIntegrity(locked, readFileSync(archive));
    run('tar', ['-xzf', filename], workshop);
    // The rename is the last step: a directory in the cache is always a whole package.
    renameSync(join(workshop, 'package'), directory);
    return directory;
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

/** Throws unless an archive is byte for byte the one that the lock file names. */
export function requireIntegrity({ name, version, integrity }: LockedPackage, archive: Uint8Array): void {
  const found = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (found !== integrity) {
    throw new Error(
      `${name}@${version}: the registry sent ${found}, package-lock.json asks for ${integrity}. ` +
        'Nothing was kept; try again, and ask who publishes the package if it stays so.',
    );
  }
}

function run(command: string, parameters: readonly string[], directory: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    cwd: directory,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error(`${command} ${parameters.join(' ')} failed: ${error?.message ?? stderr}`);
  }
  return stdout;
}
