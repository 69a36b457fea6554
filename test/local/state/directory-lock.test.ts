import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StateDirectoryError } from '../../../local/errors.ts';
import { lockDirectory } from '../../../local/state/directory-lock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MODULE = join(import.meta.dirname, '../../../local/state/directory-lock.ts');

test('a directory is held until it is given back', async () => {
  const directory = join(temporaryDirectory(), 'state');
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(StateDirectoryError);
  await expect(lockDirectory(directory)).rejects.toThrow(
    `The state directory ${directory} is in use by process ${process.pid}. Wait until it ends, or choose another directory.`,
  );
  await unlock();
  const again = await lockDirectory(directory);
  await again();
});

test('of many at once, one gets it', async () => {
  const directory = temporaryDirectory();
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  const [unlock, ...more] = attempts.flatMap(attempt =>
    attempt.status === 'fulfilled' ? [attempt.value] : [],
  );
  expect(more).toEqual([]);
  await unlock?.();
});

test('another process holds it as long as it lives, however it ends', async () => {
  const directory = temporaryDirectory();
  const code = `
    const { lockDirectory } = await import(${JSON.stringify(MODULE)});
    globalThis.unlock = await lockDirectory(${JSON.stringify(directory)});
    console.log('locked');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(lockDirectory(directory)).rejects.toThrow(`is in use by process ${child.pid}.`);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const unlock = await lockDirectory(directory);
  await unlock();
});
