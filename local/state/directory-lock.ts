import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StateDirectoryError } from '../errors.ts';

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/**
 * Takes a state directory for this process; a lock whose process is gone is taken over.
 * @returns What gives it back.
 * @throws StateDirectoryError while another process (or this one, already) holds it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const lock = join(directory, 'lock');
  const own = join(directory, `.lock-${randomUUID()}`);
  await writeFile(own, `${process.pid}\n`);
  try {
    // Linking puts the lock there with its content, or fails: nobody ever sees an empty one.
    while (!(await linked(own, lock))) await removeStale(directory, lock);
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(lock, { force: true });
}

async function linked(own: string, lock: string): Promise<boolean> {
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function removeStale(directory: string, lock: string): Promise<void> {
  const aside = join(directory, `.lock-${randomUUID()}`);
  const holder = await holderOf(lock);
  if (holder === undefined) return;
  refuseIfAlive(directory, lock, holder);
  try {
    // Of several that find the lock stale, one gets to rename it. Whoever renamed a new lock by that puts it back.
    await rename(lock, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await holderOf(aside);
  if (moved !== undefined && moved !== holder && isAlive(moved)) await linked(aside, lock);
  await rm(aside, { force: true });
}

async function holderOf(lock: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(lock, 'utf8'), 10);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function refuseIfAlive(directory: string, lock: string, holder: number): void {
  if (!isAlive(holder)) return;
  throw new StateDirectoryError(
    `The state directory ${directory} is in use by process ${holder}. Wait until it ends, or choose another directory. ` +
      `If that process is no embedded cloud, delete ${lock}.`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return hasCode(error, 'EPERM');
  }
}
