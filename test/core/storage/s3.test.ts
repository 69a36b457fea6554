import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { objectStoreConformance } from '../../conformance/object-store.ts';
import { openServed } from '../../support/served-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

objectStoreConformance('S3Store', async () => (await openServed()).store);

afterEach(() => vi.restoreAllMocks());

describe('S3Store', () => {
  test('tries again when S3 reports two overlapping conditional writes', async () => {
    const { store, server } = await openServed();
    server.conflicts = 3;
    expect(await store.putIfAbsent('k', 'x')).toBe(true);
    expect(server.conflicts).toBe(0);
    server.conflicts = 100;
    await expect(store.putIfAbsent('other', 'x')).rejects.toThrow('ConditionalRequestConflict');
  });

  test('tells S3 the length of whatever it sends', async () => {
    const { store } = await openServed();
    // The SDK warns of a body whose length it does not know, before it sends it.
    const warned = vi.spyOn(console, 'warn');
    await store.put('empty', '');
    await store.putIfAbsent('absent', '');
    await store.putIfMatch('absent', new Uint8Array(), (await store.head('absent'))?.etag ?? '');
    const path = join(temporaryDirectory(), 'empty');
    await writeFile(path, '');
    await store.putFile('file', path);
    await store.put('wide', '売上');
    expect(warned).not.toHaveBeenCalled();
    expect((await store.head('wide'))?.size).toBe(6);
  });

  test('deletes its copy of a materialized object', async () => {
    const { store } = await openServed();
    await store.put('k', 'x');
    const file = await store.materialize('k');
    await file[Symbol.asyncDispose]();
    expect(existsSync(file.path)).toBe(false);
    expect((await store.get('k'))?.body.toString()).toBe('x');
  });
});
