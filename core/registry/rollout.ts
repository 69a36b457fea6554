import type { ObjectStore } from '../storage/object-store.ts';
import { changeProduction } from './change-production.ts';
import { refusalOf } from './refusal-of.ts';
import { type Challenger, withChallenger, withoutChallenger } from './standing.ts';
import { loadVersion } from './versions.ts';

export interface RolloutStart {
  /** Since when the version is on trial; null when it is not. */
  readonly since: string | null;
  /** How it is tried, or why not, in one plain sentence. */
  readonly reason: string;
}

/**
 * Puts a version on trial beside the champion, under the same conditions as it would be promoted. It takes the place
 * of an older version on trial. Repeating it changes nothing.
 * @throws ObjectNotFoundError when there is no such version.
 */
export async function startRollout(o: {
  readonly models: ObjectStore;
  readonly model: string;
  readonly version: number;
  readonly mode: Challenger['mode'];
  /** Share of the requests that the version answers, or that both compute, in percent. */
  readonly percent: number;
  /** ISO 8601; the moment of the start. */
  readonly time: string;
}): Promise<RolloutStart> {
  const { models, model, mode, percent, time } = o;
  const version = await loadVersion(models, model, o.version);
  /** Since when the version is on trial, where another execution began it. */
  let since: string | undefined;
  const outcome = await changeProduction({
    ...{ models, model, time, actor: 'workflow', kind: 'rollout-started' },
    request: `try ${version.version} as ${mode}`,
    async decide(standing) {
      since = undefined;
      if (standing === undefined) return { refused: 'There is no champion yet to compare it with' };
      const refused = await refusalOf(models, standing, version);
      if (refused !== undefined) return { refused };
      const { champion, challenger } = standing;
      if (challenger?.version === version.version) {
        since = challenger.since;
        return { refused: `Version ${version.version} is on trial already` };
      }
      const how =
        mode === 'canary' ? `answers ${percent} % of the requests` : 'computes what it would answer';
      return {
        after: withChallenger(standing, { version: version.version, mode, percent, since: time }),
        summary: `Version ${version.version} ${how}, beside version ${champion} in production`,
        details: { version: version.version, mode, percent, reason: `The spec asks for a ${mode}` },
      };
    },
  });
  return 'refused' in outcome
    ? { since: since ?? null, reason: outcome.refused }
    : { since: outcome.time, reason: outcome.summary };
}

/**
 * Takes a version on trial back; the champion stays. Repeating it answers the same again.
 * @returns Whether the version was on trial, and what became of it, in one plain sentence.
 */
export async function endRollout(o: {
  readonly models: ObjectStore;
  readonly model: string;
  /** The version on trial. */
  readonly version: number;
  readonly time: string;
  /** Why it is taken back, in one plain sentence. */
  readonly reason: string;
}): Promise<{ readonly ended: boolean; readonly reason: string }> {
  const { models, model, version, time, reason } = o;
  const outcome = await changeProduction({
    ...{
      models,
      model,
      time,
      actor: 'workflow',
      kind: 'rolled-back',
      request: `end the trial of ${version}`,
    },
    async decide(standing) {
      if (standing?.challenger?.version !== version)
        return { refused: `Version ${version} is not on trial any more` };
      return {
        after: withoutChallenger(standing),
        summary: `Version ${version} is taken back from its trial; version ${standing.champion} stays in production`,
        details: { version, from: version, to: standing.champion, reason },
      };
    },
  });
  return 'refused' in outcome
    ? { ended: false, reason: outcome.refused }
    : { ended: true, reason: outcome.summary };
}
