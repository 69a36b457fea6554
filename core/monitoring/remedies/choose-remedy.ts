import { readableTime } from '../../insights/readable.ts';
import { type Production, readProduction } from '../../registry/production.ts';
import { durationOf, type Spec } from '../../spec/schema.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { IncidentAlarm } from '../alarm-names.ts';
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
  const { spec, alarm } = question;
  const remedy = remedyBySpec(spec, alarm);
  if (remedy === 'notify')
    return { remedy, because: 'The spec asks for no remedy beyond telling the owners' };
  const reason = remedy === 'rollback' ? await againstRollback(question) : undefined;
  if (reason !== undefined) return { remedy: 'notify', because: `No rollback: ${reason}` };
  const { models, time } = question;
  const { cooldown } = spec.monitoring;
  const taken = await claimRemedy({
    ...{ models, model: spec.name, remedy, alarm, time },
    cooldown: durationOf(cooldown),
  });
  return taken === undefined
    ? { remedy, because: `The spec asks for it (${asked(remedy, alarm)})` }
    : {
        remedy: 'notify',
        because: `${DONE[remedy]} on ${readableTime(taken)} already, and the spec allows it once in ${cooldown}`,
      };
}

const DONE = {
  retrain: 'Retraining was started',
  rollback: 'Production was rolled back',
} as const satisfies Record<Exclude<Remedy, 'notify'>, string>;

const asked = (remedy: Remedy, alarm: IncidentAlarm): string =>
  `monitoring.${alarm === 'drift' ? 'on_drift' : 'on_degradation'}: ${remedy}`;

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

/** Why going back to an earlier version would not help; undefined where it may. */
async function againstRollback({ models, spec, alarm }: RemedyQuestion): Promise<string | undefined> {
  const production = await readProduction(models, spec.name);
  if (production === undefined) return 'nothing is in production';
  if (production.previous === null) return `there is no version before version ${production.champion}`;
  return alarm === 'performance' ? await otherVersion(models, spec, production) : undefined;
}

/** Truth comes late: what was measured may be about a version that has been replaced since. */
async function otherVersion(
  models: ObjectStore,
  spec: Spec,
  { champion }: Production,
): Promise<string | undefined> {
  const degraded = await degradedVersions(models, spec);
  return degraded.includes(champion)
    ? undefined
    : `what was measured is version ${degraded.join(' and ')}; in production is version ${champion}`;
}
