import * as z from 'zod';
import { canonicalJson } from '../../storage/digest.ts';
import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { IncidentAlarm } from '../alarm-names.ts';

/** What is done about an incident. */
export const REMEDIES = ['notify', 'retrain', 'rollback'] as const;
export type Remedy = (typeof REMEDIES)[number];

const moment = z.iso.datetime({ offset: true });

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

/**
 * `incidents/<model>/<alarm>.json`. Changes of an alarm may be delivered twice and out of order: one that is older than
 * another that is known says nothing of how things are.
 */
const alarmHistorySchema = z.object({
  /** When the alarm changed last, as far as is known, to whichever state. */
  changedAt: moment,
  /** The last incident, earlier ones are in the event log; null where the alarm was only ever known to be over. */
  incident: incidentSchema.nullable(),
});

interface IncidentChange {
  readonly models: ObjectStore;
  readonly model: string;
  readonly alarm: IncidentAlarm;
  /** ISO 8601; when the alarm changed. */
  readonly time: string;
}

type AlarmHistory = z.output<typeof alarmHistorySchema>;

/**
 * Writes what a change of an alarm means, over exactly what was read.
 * @param decide What is written, nothing where the change is no news, and what is answered once that stands.
 */
async function changeHistory<T>(
  { models, model, alarm }: IncidentChange,
  decide: (known: AlarmHistory | undefined) => Promise<{ readonly next?: AlarmHistory; readonly answer: T }>,
): Promise<T> {
  const key = modelKeys.incident(model, alarm);
  for (;;) {
    const object = await models.get(key);
    const { next, answer } = await decide(
      object && alarmHistorySchema.parse(JSON.parse(object.body.toString())),
    );
    if (next === undefined) return answer;
    const body = canonicalJson(next);
    if (await (object ? models.putIfMatch(key, body, object.etag) : models.putIfAbsent(key, body)))
      return answer;
  }
}

const isBefore = (time: string, other: string): boolean => Date.parse(time) < Date.parse(other);

/**
 * Opens an incident. The same change of the alarm delivered again finds the incident that it opened; one that comes
 * after a later change, or while the incident is open, opens none.
 * @param choose Asked only where an incident is opened.
 * @returns The incident that this change opened, or undefined.
 */
export function openIncident(
  change: IncidentChange,
  reason: string,
  choose: () => Promise<Choice>,
): Promise<Incident | undefined> {
  const { time } = change;
  return changeHistory<Incident | undefined>(change, async known => {
    const last = known?.incident ?? undefined;
    if (last?.closedAt === null) {
      if (last.openedAt === time) return { answer: last };
      // It went off again before it was known to be over: an end of before that is none.
      const isNews = isBefore(known?.changedAt ?? time, time);
      return { answer: undefined, ...(isNews && { next: { changedAt: time, incident: last } }) };
    }
    if (known !== undefined && !isBefore(known.changedAt, time)) return { answer: undefined };
    const incident: Incident = { openedAt: time, reason, ...(await choose()), closedAt: null };
    return { answer: incident, next: { changedAt: time, incident } };
  });
}

/**
 * Closes the open incident of an alarm; delivered again it finds the incident that it closed. Where none is open it is
 * kept that the alarm was over, so that the alarm itself, should it be delivered later, opens none.
 * @returns The incident that this change closed, or undefined.
 */
export function closeIncident(change: IncidentChange): Promise<Incident | undefined> {
  const { time } = change;
  return changeHistory<Incident | undefined>(change, async known => {
    const last = known?.incident ?? undefined;
    if (last?.closedAt === time) return { answer: last };
    if (known !== undefined && isBefore(time, known.changedAt)) return { answer: undefined };
    if (last === undefined || last.closedAt !== null)
      return { answer: undefined, next: { changedAt: time, incident: last ?? null } };
    const incident = { ...last, closedAt: time };
    return { answer: incident, next: { changedAt: time, incident } };
  });
}
