import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StateDirectoryError } from '../errors.ts';

/** What SQLite answers when another holds the lock. */
const SQLITE_BUSY = 5;

/**
 * Takes a state directory for this process. The lock is SQLite's on an empty database, that is, the operating system's:
 * it is gone when the process is, however that ended, so there is nothing stale to judge by the age of a file.
 * @returns What gives it back.
 * @throws StateDirectoryError while another process (or this one, already) holds it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const holder = join(directory, 'lock.pid');
  const database = new DatabaseSync(join(directory, 'lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!(error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)) throw error;
    const pid = (await readFile(holder, 'utf8').catch(() => '')).trim();
    throw new StateDirectoryError(
      `The state directory ${directory} is in use by ${pid === '' ? 'another process' : `process ${pid}`}. ` +
        'Wait until it ends, or choose another directory.',
    );
  }
  await writeFile(holder, `${process.pid}\n`);
  return async () => {
    await rm(holder, { force: true });
    database.close();
  };
}
