import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FileStore } from '../../../core/storage/file-store.ts';
import { openStore } from '../../../core/storage/open-store.ts';
import { S3Store } from '../../../core/storage/s3.ts';
import { ObjectKeyError } from '../../../core/telemetry/errors.ts';
import { objectStoreConformance } from '../../conformance/object-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const openTemporary = (): FileStore => new FileStore(pathToFileURL(temporaryDirectory()).href);

objectStoreConformance('FileStore', openTemporary);

describe('FileStore', () => {
  test('refuses, by name, what a file system cannot hold', async () => {
    const store = openTemporary();
    await store.put('a', 'x');
    await expect(store.put('a/b', 'x')).rejects.toThrow(ObjectKeyError);
    await store.put('c/d', 'x');
    await expect(store.put('c', 'x')).rejects.toThrow(ObjectKeyError);
    await expect(store.put(`x/${'y'.repeat(256)}`, 'x')).rejects.toThrow('1 to 255 bytes');
  });

  test('takes over a lock that its owner left behind', async () => {
    const root = temporaryDirectory();
    const store = new FileStore(pathToFileURL(root).href);
    await store.put('k', 'one');
    const lock = join(root, '.scratch', 'k.lock');
    writeFileSync(lock, '');
    utimesSync(lock, 0, 0);
    expect(await store.putIfMatch('k', 'two', (await store.get('k'))?.etag ?? '')).toBe(true);
  });

  test('a writer that is killed leaves the old object or the new one, never a part', async () => {
    const root = temporaryDirectory();
    const url = pathToFileURL(root).href;
    await mkdir(root, { recursive: true });
    const store = new FileStore(url);
    const size = 4_000_000;
    await store.put('k', 'a'.repeat(size));
    const program = `
      import { FileStore } from ${JSON.stringify(import.meta.resolve('../../../core/storage/file-store.ts'))};
      const store = new FileStore(${JSON.stringify(url)});
      console.log('ready');
      for (let i = 0; ; i++) await store.put('k', String.fromCharCode(97 + (i % 26)).repeat(${size}));
    `;
    const writer = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(writer.stdout, 'data');
    await sleep(60);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const body = (await store.get('k'))?.body.toString() ?? '';
    expect(body).toBe(body.charAt(0).repeat(size));
    expect(readdirSync(root).filter(name => !name.startsWith('.'))).toEqual(['k']);
  });
});

describe('openStore', () => {
  test('chooses the backend by the scheme alone', () => {
    expect(openStore('s3://bucket')).toBeInstanceOf(S3Store);
    expect(openStore('file:///directory')).toBeInstanceOf(FileStore);
    expect(() => openStore('ftp://host')).toThrow('allowed are file: and s3:');
  });
});
