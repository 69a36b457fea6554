import * as z from 'zod';
import type { RegistryEvent } from '../../core/registry/events.ts';
import { type Standing, standingSchema } from '../../core/registry/standing.ts';

const change = z.object({
  revision: z.int(),
  before: standingSchema.nullable(),
  after: standingSchema,
});

/**
 * What stands in production, told by the event log alone. Throws unless the changes follow one upon the other without a
 * gap, each beginning where the one before ended.
 */
export function replayEvents(events: readonly RegistryEvent[]): Standing | undefined {
  const changes = events
    .filter(({ kind }) => kind === 'promoted' || kind === 'rolled-back' || kind === 'rollout-started')
    .map(({ details }) => change.parse(details))
    .sort((a, b) => a.revision - b.revision);
  let standing: Standing | undefined;
  for (const [i, { revision, before, after }] of changes.entries()) {
    if (revision !== i + 1) throw new Error(`Change ${i + 1} is missing; the next is ${revision}.`);
    if (JSON.stringify(before) !== JSON.stringify(standing ?? null))
      throw new Error(
        `Change ${revision} began at ${JSON.stringify(before)}, not at ${JSON.stringify(standing)}.`,
      );
    standing = after;
  }
  return standing;
}
