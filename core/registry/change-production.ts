import { canonicalJson } from '../storage/digest.ts';
import { modelKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { eventsAt, type RegistryEvent, recordEvent } from './events.ts';
import { type Production, readPointer } from './production.ts';
import { type Standing, standingSchema } from './standing.ts';

/** What a change makes of the pointer, and what its event says. */
export interface Move {
  readonly after: Standing;
  /** One plain sentence. */
  readonly summary: string;
  readonly details: Record<string, unknown>;
}

/** Why the pointer stays as it is, in one plain sentence. */
export interface Refusal {
  readonly refused: string;
}

export interface ChangeProps {
  readonly models: ObjectStore;
  readonly model: string;
  readonly kind: Production['change']['kind'];
  /** ISO 8601. With `kind` and `request` it tells a repeated request from another one. */
  readonly time: string;
  /** What was asked for, such as `promote 3`. */
  readonly request: string;
  /** `workflow`, or a person. */
  readonly actor: string;
  /** Called again after every race that was lost; it must depend on nothing but what it is given and on versions. */
  readonly decide: (standing: Standing | undefined) => Promise<Move | Refusal>;
}

/**
 * Changes the production pointer by one conditional write, and records the event of the change. The pointer carries the
 * event of its last change, so the log misses nothing that was ever overwritten: not even of a process that was killed
 * between the two writes. A repeated request finds its own event and answers as it did the first time.
 */
export async function changeProduction(o: ChangeProps): Promise<RegistryEvent | Refusal> {
  const { models, model, kind, time, actor, request } = o;
  const key = modelKeys.production(model);
  for (;;) {
    const pointer = await readPointer(models, model);
    if (pointer !== undefined) await recordEvent(models, eventOf(pointer.production));
    const earlier = await eventsAt(models, model, time, kind);
    const own = earlier.find(event => event.details.request === request);
    if (own !== undefined) return own;
    const before = pointer === undefined ? null : standingSchema.parse(pointer.production);
    const move = await o.decide(before ?? undefined);
    if ('refused' in move) return move;
    const revision = (pointer?.production.change.revision ?? 0) + 1;
    const details = { ...move.details, request };
    const next: Production = {
      ...move.after,
      model,
      change: { revision, kind, time, actor, summary: move.summary, details, before },
    };
    const written = await (pointer === undefined
      ? models.putIfAbsent(key, canonicalJson(next))
      : models.putIfMatch(key, canonicalJson(next), pointer.etag));
    if (!written) continue;
    const event = eventOf(next);
    await recordEvent(models, event);
    return event;
  }
}

/** The event of the pointer's last change: what stood there before it and after it, and the number of the change. */
function eventOf({ model, change, ...after }: Production): RegistryEvent {
  const { revision, kind, time, actor, summary, details, before } = change;
  return { time, model, kind, actor, summary, details: { ...details, revision, before, after } };
}
