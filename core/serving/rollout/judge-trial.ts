import * as z from 'zod';
import { eventsAt, recordEvent } from '../../registry/events.ts';
import { readProduction } from '../../registry/production.ts';
import { type TrialPlan, trialOf } from '../../spec/release.ts';
import type { Spec } from '../../spec/schema.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readPredictionLog } from '../read-prediction-log.ts';
import { judgeRollout } from './judge-rollout.ts';

/** How long answers are under way to the prediction log, in milliseconds. */
const LOG_DELAY = 2 * 60_000;

const endOf = ({ minutes }: TrialPlan, since: string): Date => new Date(Date.parse(since) + minutes * 60_000);

/** When a trial that began at a moment is judged: when the answers until its end are in the log. */
export const judgedAt = (plan: TrialPlan, since: string): string =>
  new Date(endOf(plan, since).getTime() + LOG_DELAY).toISOString();

export interface TrialOutcome {
  /** Whether the version takes over. */
  readonly promote: boolean;
  /** One plain sentence. */
  readonly reason: string;
}

const judged = z.object({ version: z.int(), promote: z.boolean() });

/**
 * Judges a version on trial by the prediction log, once, and records the verdict with its numbers. A version that is
 * not on trial any more, or whose spec asks for none by now, stays where it is.
 * @param o.time ISO 8601; see `judgedAt`.
 */
export async function judgeTrial(o: {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: Spec;
  readonly version: number;
  readonly time: string;
}): Promise<TrialOutcome> {
  const { data, models, spec, version, time } = o;
  const model = spec.name;
  const earlier = await eventsAt(models, model, time, 'rollout-judged');
  for (const { summary, details } of earlier) {
    const known = judged.parse(details);
    if (known.version === version) return { promote: known.promote, reason: summary };
  }
  const production = await readProduction(models, model);
  const plan = trialOf(spec);
  if (production?.challenger?.version !== version || plan === undefined)
    return { promote: false, reason: `Version ${version} is not on trial any more` };
  const { champion, challenger } = production;
  const entries = readPredictionLog({
    data,
    model,
    from: new Date(challenger.since),
    to: endOf(plan, challenger.since),
  });
  const { reason, ...verdict } = await judgeRollout({ plan, champion, challenger: version, entries });
  await recordEvent(models, {
    ...{ time, model, kind: 'rollout-judged', actor: 'workflow', summary: reason },
    details: {
      version,
      champion,
      mode: challenger.mode,
      since: challenger.since,
      ...verdict,
      unreadable: entries.unreadable,
    },
  });
  return { promote: verdict.promote, reason };
}
