import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { objectStoreConformance } from '../../conformance/object-store.ts';
import { openServed } from '../../support/served-store.ts';

objectStoreConformance('S3Store', async () => (await openServed()).store);

describe('S3Store', () => {
  test('tries again when S3 reports two overlapping conditional writes', async () => {
    const { store, server } = await openServed();
    server.conflicts = 3;
    expect(await store.putIfAbsent('k', 'x')).toBe(true);
    expect(server.conflicts).toBe(0);
    server.conflicts = 100;
    await expect(store.putIfAbsent('other', 'x')).rejects.toThrow('ConditionalRequestConflict');
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
