import * as z from 'zod';
import { addDuration, type Duration } from '../../spec/duration.ts';
import { canonicalJson } from '../../storage/digest.ts';
import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { IncidentAlarm } from '../alarm-names.ts';
import type { Remedy } from './incident.ts';

/** `incidents/<model>/last-<remedy>.json`: the last time that a remedy was taken on its own. */
const takenSchema = z.object({ time: z.iso.datetime({ offset: true }), alarm: z.string() });

/**
 * Claims the one automatic remedy of its kind that a period allows: of any number of alarms at once exactly one may take
 * it. Asking again for the same change of the same alarm gives the same answer.
 * @param time ISO 8601; when the alarm changed.
 * @returns undefined when the remedy may be taken, else the moment of the one that was taken before.
 */
export async function claimRemedy(o: {
  readonly models: ObjectStore;
  readonly model: string;
  readonly remedy: Exclude<Remedy, 'notify'>;
  readonly alarm: IncidentAlarm;
  readonly time: string;
  readonly cooldown: Duration;
}): Promise<string | undefined> {
  const { models, time, alarm } = o;
  const key = modelKeys.lastRemedy(o.model, o.remedy);
  const body = canonicalJson({ time, alarm });
  for (;;) {
    const object = await models.get(key);
    if (object === undefined) {
      if (await models.putIfAbsent(key, body)) return undefined;
      continue;
    }
    const taken = takenSchema.parse(JSON.parse(object.body.toString()));
    if (taken.time === time && taken.alarm === alarm) return undefined;
    if (addDuration(new Date(taken.time), o.cooldown, 1) > new Date(time)) return taken.time;
    if (await models.putIfMatch(key, body, object.etag)) return undefined;
  }
}
