import { readableTime } from '../../insights/readable.ts';
import { readableStanding } from '../../registry/readable-standing.ts';
import type { Standing } from '../../registry/standing.ts';
import type { OwnerRole } from '../../spec/owner-roles.ts';
import { ALARMS, CONCERNS, type IncidentAlarm } from '../alarm-names.ts';
import type { Remedy } from './incident.ts';

/** What each remedy was, at the end of "what was done". */
export const DONE: Readonly<Record<Remedy, string>> = {
  notify: 'the owners were told',
  retrain: 'training was started',
  rollback: 'production was rolled back',
};

/** What a mail begins with, before the name of the model and what is wrong; short, for a subject has 100 characters. */
const SUBJECT: Readonly<Record<Remedy, string>> = {
  notify: 'Antei needs you for',
  retrain: 'Antei trains anew',
  rollback: 'Antei rolled back',
};

/** What is left to do for a person. */
const TO_DO: Readonly<Record<Remedy, string>> = {
  notify: 'find out why and decide; nothing more is done by itself',
  retrain:
    'find out whether the new data is right; the new version passes the same gate as any other, and approval where the spec asks for it',
  rollback:
    'find out why before the next version goes into production; what was left comes back by hand only',
};

/** What owners are told of a remedy. */
export interface RemedyNotice {
  readonly roles: readonly OwnerRole[];
  /** At most 100 characters of ASCII, as SNS allows. */
  readonly subject: string;
  readonly message: string;
}

/** Tells the owners whom an alarm concerns what was done about it, and what is left to them. */
export function remedyNotice(o: {
  readonly model: string;
  readonly alarm: IncidentAlarm;
  /** When the alarm went off; ISO 8601. */
  readonly time: string;
  /** Why it did, in CloudWatch's words. */
  readonly reason: string;
  readonly remedy: Remedy;
  /** Why it is this remedy: one plain sentence. */
  readonly because: string;
  /** What is in production by now. */
  readonly standing: Standing | undefined;
}): RemedyNotice {
  const { model, alarm, remedy } = o;
  const heading = ALARMS[alarm];
  return {
    roles: CONCERNS[alarm],
    subject: `${SUBJECT[remedy]} ${model}: ${heading.toLowerCase()}`,
    message: [
      `${heading}: the alarm of ${model} went off on ${readableTime(o.time)} UTC.`,
      '',
      `What it saw: ${o.reason}`,
      `What was done: ${DONE[remedy]}. ${o.because}`,
      `In production now: ${readableStanding(o.standing)}`,
      `What to do: ${TO_DO[remedy]}. See docs/runbook.md, "${heading}"`,
      '',
      'All that happened:',
      `  antei events ${model}`,
      ...(remedy === 'rollback'
        ? ['Undo the rollback:', `  antei rollback ${model} --to VERSION --reason "..."`]
        : []),
    ].join('\n'),
  };
}
