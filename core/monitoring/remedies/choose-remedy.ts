import { readableTime } from '../../insights/readable.ts';
import { readProduction } from '../../registry/production.ts';
import { durationOf, type Spec } from '../../spec/schema.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { ALARMS, type IncidentAlarm } from '../alarm-names.ts';
import { degradedVersions } from '../degraded-versions.ts';
import { claimRemedy } from './cooldown.ts';
import type { Choice, Remedy } from './incident.ts';

interface RemedyQuestion {
  readonly models: ObjectStore;
  readonly spec: Spec;
  readonly alarm: IncidentAlarm;
  /** ISO 8601; when the alarm went off. */
  readonly time: string;
}

/** What is done about an alarm that went off: what the spec says, unless it cannot help or was done just now. */
export async function chooseRemedy(question: RemedyQuestion): Promise<Choice> {
  const { models, spec, alarm, time } = question;
  const remedy = remedyBySpec(spec, alarm);
  if (remedy === 'notify') return notify('The spec asks for no remedy beyond telling the owners');
  const leave = remedy === 'rollback' ? await versionToLeave(question) : null;
  if (typeof leave === 'string') return notify(`No rollback: ${leave}`);
  const { cooldown } = spec.monitoring;
  const taken = await claimRemedy({
    ...{ models, model: spec.name, remedy, alarm, time },
    cooldown: durationOf(cooldown),
  });
  return taken === undefined
    ? { remedy, because: `${ALARMS[alarm]}, and the spec says ${saying(remedy, alarm)}`, leave }
    : notify(`${DONE[remedy]} on ${readableTime(taken)} already, and the spec allows it once in ${cooldown}`);
}

const notify = (because: string): Choice => ({ remedy: 'notify', because, leave: null });

const DONE = {
  retrain: 'Retraining was started',
  rollback: 'Production was rolled back',
} as const satisfies Record<Exclude<Remedy, 'notify'>, string>;

const saying = (remedy: Remedy, alarm: IncidentAlarm): string =>
  `${alarm === 'drift' ? 'on_drift' : 'on_degradation'}: ${remedy}`;

/** Another version mends neither old data nor drifted inputs; training again does not mend an endpoint. */
function remedyBySpec({ monitoring: { on_drift, on_degradation } }: Spec, alarm: IncidentAlarm): Remedy {
  switch (alarm) {
    case 'freshness':
      return 'notify';
    case 'drift':
      return on_drift;
    case 'performance':
      return on_degradation;
    case 'errors':
    case 'latency':
    case 'availability':
      return on_degradation === 'rollback' ? 'rollback' : 'notify';
  }
}

/** The version that a rollback would leave, or why going back would not help. */
async function versionToLeave({ models, spec, alarm }: RemedyQuestion): Promise<number | string> {
  const production = await readProduction(models, spec.name);
  if (production === undefined) return 'nothing is in production';
  const { champion, challenger, previous } = production;
  // An endpoint that is ill during a trial is so because of what is new.
  if (alarm !== 'performance' && challenger !== null) return challenger.version;
  if (previous === null) return `there is no version before version ${champion}`;
  if (alarm !== 'performance') return champion;
  // Truth comes late: what was measured may be about a version that has been replaced since.
  const degraded = await degradedVersions(models, spec);
  if (degraded.length === 0) return 'no window shows it any more, now that more of the truth is known';
  return degraded.includes(champion)
    ? champion
    : `what was measured is version ${degraded.join(' and ')}; in production is version ${champion}`;
}
