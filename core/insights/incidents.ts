import * as z from 'zod';
import type { RegistryEvent } from '../registry/events.ts';

/** One incident, as the event log tells it. */
export interface IncidentFacts {
  readonly alarm: string;
  /** ISO 8601. */
  readonly openedAt: string;
  /** What went wrong, in one plain sentence. */
  readonly happened: string;
  /** What was done, in one plain sentence; null where nothing is recorded yet. */
  readonly remedy: string | null;
  /** ISO 8601; null while it is open. */
  readonly closedAt: string | null;
  /** From opening to closing; null while it is open. */
  readonly seconds: number | null;
}

const ofAlarm = z.object({ alarm: z.string() });
const closing = ofAlarm.extend({ openedAt: z.string(), seconds: z.number() });

/**
 * The incidents of a model, in the order in which they were opened.
 * @param events As listed: oldest first.
 */
export function incidentsOf(events: readonly RegistryEvent[]): IncidentFacts[] {
  const of = (kind: RegistryEvent['kind']): RegistryEvent[] => events.filter(event => event.kind === kind);
  const closed = of('incident-closed').map(({ time, details }) => ({ ...closing.parse(details), time }));
  const remedied = of('remedied').map(event => ({ ...event, alarm: ofAlarm.parse(event.details).alarm }));
  return of('incident-opened').map(({ time, summary, details }) => {
    const { alarm } = ofAlarm.parse(details);
    // The remedy is recorded at the moment of the change of the alarm that opened the incident.
    const remedy = remedied.find(one => one.alarm === alarm && one.time === time);
    const end = closed.find(one => one.alarm === alarm && one.openedAt === time);
    return {
      ...{ alarm, openedAt: time, happened: summary, remedy: remedy?.summary ?? null },
      ...{ closedAt: end?.time ?? null, seconds: end?.seconds ?? null },
    };
  });
}
