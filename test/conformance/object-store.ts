import { randomBytes } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { ObjectNotFoundError } from '../../core/telemetry/errors.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const keysUnder = async (store: ObjectStore, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
};

const textOf = async (store: ObjectStore, key: string): Promise<string | undefined> =>
  (await store.get(key))?.body.toString();

const etagOf = async (store: ObjectStore, key: string): Promise<string> =>
  (await store.get(key))?.etag ?? 'no object';

/**
 * What every object store promises.
 * @param open An empty store; called once per test.
 */
export function objectStoreConformance(name: string, open: () => ObjectStore | Promise<ObjectStore>): void {
  describe(name, () => {
    test('returns what was put, byte for byte', async () => {
      const store = await open();
      const bytes = randomBytes(70_000);
      await store.put('a/b.bin', bytes);
      expect((await store.get('a/b.bin'))?.body.equals(bytes)).toBe(true);
      await store.put('a/b.bin', 'second');
      expect(await textOf(store, 'a/b.bin')).toBe('second');
    });

    test('keeps an empty object', async () => {
      const store = await open();
      await store.put('empty', '');
      expect(await textOf(store, 'empty')).toBe('');
      expect((await store.head('empty'))?.size).toBe(0);
    });

    test('answers undefined for what is not there', async () => {
      const store = await open();
      await store.put('folder/object', 'x');
      expect(await store.get('nothing')).toBeUndefined();
      expect(await store.head('nothing')).toBeUndefined();
      expect(await store.get('folder')).toBeUndefined();
      expect(await store.head('folder')).toBeUndefined();
      expect(await store.get('folder/object/below')).toBeUndefined();
    });

    test('head and get agree on the etag, and a write changes it', async () => {
      const store = await open();
      await store.put('k', 'one');
      const { etag, size } = (await store.head('k')) ?? {};
      expect(size).toBe(3);
      expect(await etagOf(store, 'k')).toBe(etag);
      await store.put('k', 'two');
      expect(await etagOf(store, 'k')).not.toBe(etag);
    });

    test('lists by any prefix, in the byte order of keys', async () => {
      const store = await open();
      const keys = ['a.json', 'a/1', 'a/10', 'a/2', 'a/Z', 'a/b/c', 'a/é', 'ab/1', 'b'];
      for (const key of [...keys].reverse()) await store.put(key, key);
      expect(await keysUnder(store, '')).toEqual(keys);
      expect(await keysUnder(store, 'a/')).toEqual(['a/1', 'a/10', 'a/2', 'a/Z', 'a/b/c', 'a/é']);
      expect(await keysUnder(store, 'a/1')).toEqual(['a/1', 'a/10']);
      expect(await keysUnder(store, 'a')).toEqual(keys.slice(0, 8));
      expect(await keysUnder(store, 'nothing/')).toEqual([]);
    });

    test('lists more objects than one page of S3 holds', async () => {
      const store = await open();
      const keys = Array.from({ length: 1005 }, (_, i) => `many/${String(i).padStart(4, '0')}`);
      for (let i = 0; i < keys.length; i += 50) {
        await Promise.all(keys.slice(i, i + 50).map(key => store.put(key, '')));
      }
      expect(await keysUnder(store, 'many/')).toEqual(keys);
    });

    test.each([
      'incoming/m/t/50% off.csv',
      'incoming/m/t/..',
      'incoming/../escape',
      'incoming/m/t/.hidden',
      'incoming/m/t/ends.',
      'incoming/m/t/a b+c&d=e?f#g.csv',
      'incoming/m/t/売上 2026年.csv',
      'incoming/m/t/%2E%2E',
      'incoming/m/t/a:b*c"d<e>f|g\\h',
      'incoming//double',
    ])('keeps the key %j apart from every other', async key => {
      const store = await open();
      await store.put(key, 'hostile');
      await store.put('incoming/m/t/plain', 'plain');
      expect(await textOf(store, key)).toBe('hostile');
      expect((await keysUnder(store, '')).filter(listed => listed === key)).toEqual([key]);
      await store.delete(key);
      expect(await keysUnder(store, '')).toEqual(['incoming/m/t/plain']);
    });

    test('delete removes, and deleting nothing is no error', async () => {
      const store = await open();
      await store.put('k', 'x');
      await store.delete('k');
      await store.delete('k');
      expect(await store.get('k')).toBeUndefined();
    });

    test('putIfAbsent writes once', async () => {
      const store = await open();
      expect(await store.putIfAbsent('a/k', 'first')).toBe(true);
      expect(await store.putIfAbsent('a/k', 'second')).toBe(false);
      expect(await textOf(store, 'a/k')).toBe('first');
    });

    test('of many concurrent putIfAbsent exactly one wins', async () => {
      const store = await open();
      const bodies = Array.from({ length: 40 }, (_, i) => `writer ${i}`);
      const won = await Promise.all(bodies.map(body => store.putIfAbsent('race', body)));
      expect(won.filter(Boolean)).toEqual([true]);
      expect(await textOf(store, 'race')).toBe(bodies[won.indexOf(true)]);
    });

    test('putIfMatch refuses a stale etag and a missing object', async () => {
      const store = await open();
      await store.put('k', 'one');
      const etag = await etagOf(store, 'k');
      expect(await store.putIfMatch('k', 'two', etag)).toBe(true);
      expect(await store.putIfMatch('k', 'three', etag)).toBe(false);
      expect(await store.putIfMatch('nothing', 'x', etag)).toBe(false);
      expect(await textOf(store, 'k')).toBe('two');
      expect(await store.get('nothing')).toBeUndefined();
    });

    test('of many concurrent putIfMatch on one version exactly one wins', async () => {
      const store = await open();
      await store.put('k', 'start');
      const etag = await etagOf(store, 'k');
      const bodies = Array.from({ length: 40 }, (_, i) => `writer ${i}`);
      const won = await Promise.all(bodies.map(body => store.putIfMatch('k', body, etag)));
      expect(won.filter(Boolean)).toEqual([true]);
      expect(await textOf(store, 'k')).toBe(bodies[won.indexOf(true)]);
    });

    test('a counter that is read and written under putIfMatch loses no step', async () => {
      const store = await open();
      await store.put('counter', '0');
      const increment = async (): Promise<void> => {
        for (;;) {
          const current = await store.get('counter');
          if (current === undefined) throw new Error('the counter is gone');
          if (await store.putIfMatch('counter', String(Number(current.body) + 1), current.etag)) return;
        }
      };
      await Promise.all(Array.from({ length: 12 }, increment));
      expect(await textOf(store, 'counter')).toBe('12');
    });

    test('putFile and materialize carry files', async () => {
      const store = await open();
      const source = join(temporaryDirectory(), 'source');
      await writeFile(source, randomBytes(200_000));
      await store.putFile('files/f', source);
      let copy: string;
      {
        await using file = await store.materialize('files/f');
        copy = file.path;
        expect((await readFile(copy)).equals(await readFile(source))).toBe(true);
      }
      await access(source);
      expect((await store.head('files/f'))?.size).toBe(200_000);
      await expect(store.materialize('files/nothing')).rejects.toBeInstanceOf(ObjectNotFoundError);
    });
  });
}
