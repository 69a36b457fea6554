import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ObjectKeyError, ObjectNotFoundError } from '../telemetry/errors.ts';
import type { MaterializedObject, ObjectInfo, ObjectStore, StoredObject } from './object-store.ts';

/** Object paths never begin with a dot, so this folder cannot collide with a key. */
const SCRATCH = '.scratch';

/** A lock is held for one compare and one rename; one this old belongs to a process that died. */
const STALE_LOCK_MS = 10_000;

/** Names that common filesystems refuse or treat specially become percent escapes; the rest stays readable. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
const UNSAFE = /[%\\:*?"<>|\u0000-\u001f\u007f]|^\.|[. ]$|^$/g;

const escapeSegment = (segment: string): string =>
  segment.replace(UNSAFE, unsafe =>
    unsafe === '' ? '%' : `%${unsafe.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

const unescapeSegment = (name: string): string =>
  name === '%'
    ? ''
    : name.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Objects as files of one directory. Writes go to a scratch file, are synced, and then linked or renamed. */
export class FileStore implements ObjectStore {
  readonly url: string;
  readonly #root: string;

  constructor(url: string) {
    this.url = url;
    this.#root = fileURLToPath(url);
  }

  async get(key: string): Promise<StoredObject | undefined> {
    try {
      await using file = await open(this.#pathOf(key), 'r');
      // The open handle keeps pointing at one version while a writer renames another over it.
      const { mtimeNs, size, ino } = await file.stat({ bigint: true });
      return { body: await file.readFile(), etag: etagOf(mtimeNs, size, ino) };
    } catch (error) {
      if (isMissing(error) || hasCode(error, 'EISDIR')) return undefined;
      throw error;
    }
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.#publish(key, await this.#scratch(body));
  }

  async putIfAbsent(key: string, body: string | Uint8Array): Promise<boolean> {
    const scratch = await this.#scratch(body);
    try {
      await this.#makeRoom(key);
      await link(scratch, this.#pathOf(key));
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(scratch);
    }
  }

  async putIfMatch(key: string, body: string | Uint8Array, etag: string): Promise<boolean> {
    const lock = join(this.#root, SCRATCH, `${encodeURIComponent(key)}.lock`);
    await mkdir(dirname(lock), { recursive: true });
    await acquire(lock);
    try {
      if ((await this.head(key))?.etag !== etag) return false;
      await this.put(key, body);
      return true;
    } finally {
      await rm(lock, { force: true });
    }
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    try {
      const found = await stat(this.#pathOf(key), { bigint: true });
      if (!found.isFile()) return undefined;
      return { key, size: Number(found.size), etag: etagOf(found.mtimeNs, found.size, found.ino) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const keys: string[] = [];
    await this.#collect('', prefix, keys);
    keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const key of keys) {
      const info = await this.head(key);
      if (info !== undefined) yield info;
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  async materialize(key: string): Promise<MaterializedObject> {
    if ((await this.head(key)) === undefined) throw new ObjectNotFoundError(this.url, key);
    return { path: this.#pathOf(key), [Symbol.asyncDispose]: () => Promise.resolve() };
  }

  async putFile(key: string, path: string): Promise<void> {
    const scratch = await this.#scratchPath();
    await copyFile(path, scratch, constants.COPYFILE_FICLONE);
    await using file = await open(scratch, 'r+');
    await file.sync();
    await this.#publish(key, scratch);
  }

  #pathOf(key: string): string {
    const segments = key.split('/').map(escapeSegment);
    if (key === '' || segments.some(segment => Buffer.byteLength(segment) > 255)) {
      throw new ObjectKeyError(
        `"${key.slice(0, 80)}" cannot be an object key here: every part between slashes must have 1 to 255 bytes.`,
      );
    }
    return join(this.#root, ...segments);
  }

  async #makeRoom(key: string): Promise<void> {
    try {
      await mkdir(dirname(this.#pathOf(key)), { recursive: true });
    } catch (error) {
      if (!hasCode(error, 'ENOTDIR') && !hasCode(error, 'EEXIST')) throw error;
      throw new ObjectKeyError(`"${key}" cannot be stored: a part of its path is itself an object.`);
    }
  }

  async #scratchPath(): Promise<string> {
    await mkdir(join(this.#root, SCRATCH), { recursive: true });
    return join(this.#root, SCRATCH, randomUUID());
  }

  async #scratch(body: string | Uint8Array): Promise<string> {
    const path = await this.#scratchPath();
    await using file = await open(path, 'wx');
    await file.writeFile(body);
    await file.sync();
    return path;
  }

  async #publish(key: string, scratch: string): Promise<void> {
    try {
      await this.#makeRoom(key);
      await rename(scratch, this.#pathOf(key));
    } catch (error) {
      await rm(scratch, { force: true });
      if (hasCode(error, 'EISDIR'))
        throw new ObjectKeyError(`"${key}" cannot be stored: other objects lie below it.`);
      throw error;
    }
  }

  async #collect(parent: string, prefix: string, keys: string[]): Promise<void> {
    const folder = join(this.#root, ...parent.split('/').slice(0, -1).map(escapeSegment));
    const entries = await readdir(folder, { withFileTypes: true }).catch(error => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const key = parent + unescapeSegment(entry.name);
      if (entry.isDirectory()) {
        const below = `${key}/`;
        if (below.startsWith(prefix) || prefix.startsWith(below)) await this.#collect(below, prefix, keys);
      } else if (key.startsWith(prefix)) {
        keys.push(key);
      }
    }
  }
}

/** A rename always brings another inode or time, so two writes never share an etag. */
function etagOf(mtimeNs: bigint, size: bigint, inode: bigint): string {
  return `${mtimeNs.toString(36)}-${size.toString(36)}-${inode.toString(36)}`;
}

async function acquire(lock: string): Promise<void> {
  for (;;) {
    try {
      await using _ = await open(lock, 'wx');
      return;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      const held = await stat(lock).catch(() => undefined);
      if (held !== undefined && Date.now() - held.mtimeMs > STALE_LOCK_MS) await rm(lock, { force: true });
      else await sleep(2);
    }
  }
}
