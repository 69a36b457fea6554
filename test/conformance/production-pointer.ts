import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listEvents, type RegistryEvent } from '../../core/registry/events.ts';
import { readProduction } from '../../core/registry/production.ts';
import { promoteVersion } from '../../core/registry/promote-version.ts';
import { rollBack } from '../../core/registry/roll-back.ts';
import { endRollout, startRollout } from '../../core/registry/rollout.ts';
import { standingSchema } from '../../core/registry/standing.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { fc } from '../support/properties.ts';
import { registerVersions } from '../support/registered-versions.ts';
import { replayEvents } from '../support/replay-events.ts';

type Operation =
  | { readonly kind: 'promote' | 'try' | 'end'; readonly version: number }
  | { readonly kind: 'roll back'; readonly to?: number; readonly from?: number };

const VERSIONS = 6;
const at = (i: number): string => new Date(Date.UTC(2026, 1, 1) + i * 1000).toISOString();

function perform(models: ObjectStore, operation: Operation, time: string): Promise<unknown> {
  const place = { models, model: 'm', time };
  switch (operation.kind) {
    case 'promote':
      return promoteVersion({ ...place, version: operation.version });
    case 'try':
      return startRollout({ ...place, version: operation.version, mode: 'canary', percent: 10 });
    case 'end':
      return endRollout({ ...place, version: operation.version, reason: 'it was slow' });
    case 'roll back': {
      const { kind: _, ...where } = operation;
      return rollBack({ ...place, ...where, actor: 'local:ada', reason: 'it hurt' });
    }
  }
}

const version = fc.integer({ min: 1, max: VERSIONS });
const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('promote' as const, 'try' as const, 'end' as const), version }),
    fc.record(
      { kind: fc.constant('roll back' as const), to: version, from: version },
      { requiredKeys: ['kind'] },
    ),
  ),
  { minLength: 1, maxLength: 14 },
);

/** What is in production, and what the event log says of it. */
async function told(models: ObjectStore): Promise<{ pointer: unknown; events: RegistryEvent[] }> {
  const production = await readProduction(models, 'm');
  return {
    pointer: production && standingSchema.parse(production),
    events: await listEvents(models, 'm'),
  };
}

/**
 * What the production pointer promises on every backend: whatever is done to it, at once or one after the other, killed
 * anywhere or repeated, the event log explains it fully.
 * @param open An empty store; called once per test and sequence.
 */
export function productionPointerConformance(
  name: string,
  open: () => ObjectStore | Promise<ObjectStore>,
): void {
  describe(`the production pointer on ${name}`, () => {
    test('fifty promotions, trials and rollbacks at once', async () => {
      const models = await open();
      await registerVersions(models, [5, 1, 3, 3, 6, 2]);
      await promoteVersion({ models, model: 'm', version: 2, time: at(0) });
      const kinds = ['promote', 'try', 'roll back', 'promote', 'end'] as const;
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          await pause(i % 7);
          const kind = kinds[i % kinds.length] ?? 'promote';
          await perform(models, { kind, version: 1 + (i % VERSIONS) } as Operation, at(1 + i));
        }),
      );
      const { pointer, events } = await told(models);
      expect(replayEvents(events)).toEqual(pointer);
    });

    test('any sequence of operations, and the same again', async () => {
      await fc.assert(
        fc.asyncProperty(operations, async sequence => {
          const models = await open();
          await registerVersions(models, [5, 1, 3, 3, 6, 2]);
          for (const [i, operation] of sequence.entries()) await perform(models, operation, at(i));
          const once = await told(models);
          expect(replayEvents(once.events)).toEqual(once.pointer);
          // Every change that was made finds its own event.
          for (const [i, operation] of sequence.entries()) {
            const changed = once.events.some(({ time, details }) => time === at(i) && 'after' in details);
            if (changed) await perform(models, operation, at(i));
          }
          expect(await told(models)).toEqual(once);
        }),
        { numRuns: 25, seed: 5 },
      );
    });

    test('an event that its author could not write is written by whoever comes next', async () => {
      const models = await open();
      await registerVersions(models, [1, 2]);
      const promote = (of: number, store = models) =>
        promoteVersion({ models: store, model: 'm', version: of, time: at(of) });
      const killed = promote(1, diesBefore(models, 'events/'));
      await expect(killed).rejects.toThrow('killed');
      expect(await listEvents(models, 'm')).toEqual([]);
      expect(await promote(2)).toMatchObject({ promoted: true });
      const { pointer, events } = await told(models);
      expect(events.map(({ kind, time }) => [kind, time])).toEqual([
        ['promoted', at(1)],
        ['promoted', at(2)],
      ]);
      expect(replayEvents(events)).toEqual(pointer);
    });

    test('a promotion that was killed before its event is the same when it is delivered again', async () => {
      const models = await open();
      await registerVersions(models, [1]);
      const promote = (store = models) =>
        promoteVersion({ models: store, model: 'm', version: 1, time: at(1) });
      await expect(promote(diesBefore(models, 'events/'))).rejects.toThrow('killed');
      const again = { promoted: true, reason: 'Version 1 is in production' };
      expect([await promote(), await promote()]).toEqual([again, again]);
      expect(await listEvents(models, 'm')).toHaveLength(1);
    });
  });
}

/** A store under which the process is killed before it writes into a folder. */
const diesBefore = (store: ObjectStore, folder: string): ObjectStore => ({
  url: store.url,
  get: key => store.get(key),
  put: (key, body) => store.put(key, body),
  head: key => store.head(key),
  list: prefix => store.list(prefix),
  delete: key => store.delete(key),
  materialize: key => store.materialize(key),
  putFile: (key, path) => store.putFile(key, path),
  putIfMatch: (key, body, etag) => store.putIfMatch(key, body, etag),
  putIfAbsent: (key, body) =>
    key.startsWith(folder) ? Promise.reject(new Error('killed')) : store.putIfAbsent(key, body),
});
