import type { OwnerRole } from '../spec/owner-roles.ts';
import { InvalidInputError } from '../telemetry/errors.ts';

/** The alarms of a model: how each is called, and the heading of docs/runbook.md that it leads to. */
export const ALARMS = {
  quality: 'Uploads quarantined',
  freshness: 'Data too old',
  failure: 'Workflow failed',
  drift: 'Data drift',
  performance: 'Performance degraded',
  errors: 'Endpoint errors',
  latency: 'Endpoint latency',
  availability: 'Endpoint availability',
} as const;

export type AlarmId = keyof typeof ALARMS;

/** Whom each alarm concerns: they are told that it went off, and what was done about it. */
export const CONCERNS: Readonly<Record<AlarmId, readonly OwnerRole[]>> = {
  quality: ['data'],
  freshness: ['data', 'operations'],
  failure: ['operations'],
  drift: ['model', 'data'],
  performance: ['model', 'operations'],
  errors: ['operations'],
  latency: ['operations'],
  availability: ['operations'],
};

/** The alarms of what all models share. */
export const PLATFORM_ALARMS = {
  deadLetters: 'Events not delivered',
} as const;

export type PlatformAlarmId = keyof typeof PLATFORM_ALARMS;

/** An alarm's name in CloudWatch, without what a deployment puts in front. */
const ownName = (model: string, alarm: AlarmId): string => `${model}: ${ALARMS[alarm].toLowerCase()}`;

/** @param title The deployment's, see `Names`. */
export const alarmName = (model: string, alarm: AlarmId, title = 'Antei'): string =>
  `${title} ${ownName(model, alarm)}`;

/**
 * The alarms that tell how production is rather than that something happened: they stay in ALARM until what they watch
 * is well again, so each time they go off is an incident with an end.
 */
const INCIDENT_ALARMS = [
  'freshness',
  'drift',
  'performance',
  'errors',
  'latency',
  'availability',
] as const satisfies readonly AlarmId[];

export type IncidentAlarm = (typeof INCIDENT_ALARMS)[number];

export const opensIncident = (alarm: AlarmId): alarm is IncidentAlarm =>
  INCIDENT_ALARMS.some(name => name === alarm);

/** The alarm that a name of CloudWatch means. Throws InvalidInputError for one that opens no incident. */
export function incidentAlarmOf(model: string, name: string): IncidentAlarm {
  const alarm = INCIDENT_ALARMS.find(one => name.endsWith(` ${ownName(model, one)}`));
  if (alarm === undefined)
    throw new InvalidInputError(`"${name}" is no alarm of ${model} that opens an incident`);
  return alarm;
}
