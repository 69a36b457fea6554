import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { StateDirectoryError } from '../../../local/errors.ts';
import { lockDirectory } from '../../../local/state/directory-lock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The id of a process that has ended. */
const deadProcess = (): number => spawnSync(process.execPath, ['--version']).pid;

test('a directory is held until it is given back', async () => {
  const directory = join(temporaryDirectory(), 'state');
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(StateDirectoryError);
  await unlock();
  const again = await lockDirectory(directory);
  await again();
  expect(readdirSync(directory)).toEqual([]);
});

test.each([
  ['of a dead process', () => `${deadProcess()}\n`],
  ['without a process', () => ''],
])('a lock %s is taken over', async (_, content) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'lock'), content());
  const unlock = await lockDirectory(directory);
  expect(readdirSync(directory)).toEqual(['lock']);
  await unlock();
  expect(existsSync(join(directory, 'lock'))).toBe(false);
});

test('of many that find a stale lock, one takes it over', async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'lock'), `${deadProcess()}\n`);
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(directory)).toEqual(['lock']);
});

test('the message says who holds it and what to do', async () => {
  const directory = temporaryDirectory();
  const unlock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(
    `The state directory ${directory} is in use by process ${process.pid}. Wait until it ends, or choose another ` +
      `directory. If that process is no embedded cloud, delete ${join(directory, 'lock')}.`,
  );
  await unlock();
});
