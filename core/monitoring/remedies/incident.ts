import * as z from 'zod';
import { canonicalJson } from '../../storage/digest.ts';
import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { IncidentAlarm } from '../alarm-names.ts';

/** What is done about an incident. */
export const REMEDIES = ['notify', 'retrain', 'rollback'] as const;
export type Remedy = (typeof REMEDIES)[number];

const moment = z.iso.datetime({ offset: true });

/** `incidents/<model>/<alarm>.json`: the last incident of an alarm. Earlier ones are in the event log. */
const incidentSchema = z.object({
  openedAt: moment,
  /** Why the alarm went off, in CloudWatch's words. */
  reason: z.string(),
  remedy: z.enum(REMEDIES),
  /** Why it is this remedy: one plain sentence. */
  because: z.string(),
  /** The version that a rollback leaves; null for other remedies. */
  leave: z.int().nullable(),
  /** The moment when the alarm was OK again; null while the incident is open. */
  closedAt: moment.nullable(),
});

export type Incident = z.output<typeof incidentSchema>;
export type Choice = Pick<Incident, 'remedy' | 'because' | 'leave'>;

/** An incident, and the means to write over exactly what was read. */
interface Read {
  readonly incident: Incident;
  readonly etag: string;
}

async function readIncident(
  models: ObjectStore,
  model: string,
  alarm: IncidentAlarm,
): Promise<Read | undefined> {
  const object = await models.get(modelKeys.incident(model, alarm));
  return object && { etag: object.etag, incident: incidentSchema.parse(JSON.parse(object.body.toString())) };
}

/** When the alarm's state last changed, as far as its incident tells. */
const lastChange = ({ openedAt, closedAt }: Incident): number => Date.parse(closedAt ?? openedAt);

interface IncidentChange {
  readonly models: ObjectStore;
  readonly model: string;
  readonly alarm: IncidentAlarm;
  /** ISO 8601; when the alarm changed. */
  readonly time: string;
}

/**
 * Opens an incident. The same change of the alarm delivered again finds the incident that it opened; one that comes
 * after a later change, or while the incident is open, opens none.
 * @param choose Asked only where an incident is opened.
 * @returns The incident that this change opened, or undefined.
 */
export async function openIncident(
  { models, model, alarm, time }: IncidentChange,
  reason: string,
  choose: () => Promise<Choice>,
): Promise<Incident | undefined> {
  const key = modelKeys.incident(model, alarm);
  for (;;) {
    const last = await readIncident(models, model, alarm);
    if (last?.incident.closedAt === null) return last.incident.openedAt === time ? last.incident : undefined;
    if (last !== undefined && lastChange(last.incident) >= Date.parse(time)) return undefined;
    const incident: Incident = { openedAt: time, reason, ...(await choose()), closedAt: null };
    const written = await (last === undefined
      ? models.putIfAbsent(key, canonicalJson(incident))
      : models.putIfMatch(key, canonicalJson(incident), last.etag));
    if (written) return incident;
  }
}

/**
 * Closes the open incident of an alarm; delivered again it finds the incident that it closed.
 * @returns The incident that this change closed, or undefined where none was open since before it.
 */
export async function closeIncident({
  models,
  model,
  alarm,
  time,
}: IncidentChange): Promise<Incident | undefined> {
  for (;;) {
    const last = await readIncident(models, model, alarm);
    if (last === undefined) return undefined;
    const { incident, etag } = last;
    if (incident.closedAt === time) return incident;
    if (incident.closedAt !== null || lastChange(incident) > Date.parse(time)) return undefined;
    const closed = { ...incident, closedAt: time };
    if (await models.putIfMatch(modelKeys.incident(model, alarm), canonicalJson(closed), etag)) return closed;
  }
}
