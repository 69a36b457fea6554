import * as z from 'zod';
import { canonicalJson, identityOf } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** In the order of the process: events of one moment are listed in it. */
const KINDS = [
  'accepted',
  'quarantined',
  'released',
  'dataset-built',
  'trained',
  'gate-passed',
  'gate-refused',
  'registered',
  'approval-requested',
  'approved',
  'rejected',
  'rollout-started',
  'rollout-judged',
  'promoted',
  'kept',
  'incident-opened',
  'rolled-back',
  'remedied',
  'predicted',
  'measured',
  'incident-closed',
  'failed',
] as const;

const eventSchema = z.object({
  time: z.iso.datetime({ offset: true }),
  model: z.string(),
  kind: z.enum(KINDS),
  /** Who caused it: `workflow`, or a person. */
  actor: z.string(),
  /** One plain sentence. */
  summary: z.string(),
  details: z.record(z.string(), z.unknown()),
});

export type RegistryEvent = z.output<typeof eventSchema>;
export type EventKind = RegistryEvent['kind'];

/**
 * Appends to the event log. The key is a function of the event, so a step that is delivered twice records it once.
 * @param store The model bucket.
 */
export async function recordEvent(store: ObjectStore, event: RegistryEvent): Promise<void> {
  const key = modelKeys.event(event.model, event.time, event.kind, identityOf(event));
  await store.putIfAbsent(key, canonicalJson(event));
}

/** The events of one kind and moment. */
export const eventsAt = (
  store: ObjectStore,
  model: string,
  time: string,
  kind: EventKind,
): Promise<RegistryEvent[]> => eventsUnder(store, modelKeys.eventsAt(model, time, kind));

/** All events of a model, oldest first; those of one moment in the order of the process. */
export async function listEvents(store: ObjectStore, model: string): Promise<RegistryEvent[]> {
  const events = await eventsUnder(store, modelKeys.events(model));
  return events.sort(
    (a, b) => Date.parse(a.time) - Date.parse(b.time) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind),
  );
}

/** The events whose keys begin with a prefix, by key. */
export async function eventsUnder(store: ObjectStore, prefix: string): Promise<RegistryEvent[]> {
  const events: RegistryEvent[] = [];
  for await (const { key } of store.list(prefix)) {
    const object = await store.get(key);
    if (object !== undefined) events.push(eventSchema.parse(JSON.parse(object.body.toString())));
  }
  return events;
}
