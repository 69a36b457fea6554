// Installs the locked dependencies when they are missing or older than the lock file.
// Plain JavaScript on purpose: it runs on the machine's own Node before Node 24 is there.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const lock = 'package-lock.json';
const installed = 'node_modules/.package-lock.json';
const upToDate = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;

if (!upToDate) {
  process.stderr.write('Installing the locked dependencies …\n');
  // stdout stays clean: `npm run --silent demo -- --json` prints one JSON document and nothing else there.
  // Warnings about the machine's own Node would mislead: what needs a newer one runs on the Node 24 that comes along.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', process.stderr, 'inherit'],
    shell: process.platform === 'win32',
  });
  process.exitCode = npm.status ?? 1;
}
