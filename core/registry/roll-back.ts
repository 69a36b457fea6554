import { readableTime } from '../insights/readable.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { findApproval } from './approval.ts';
import { changeProduction, type Move, type Refusal } from './change-production.ts';
import { type Standing, withoutChallenger, withReturn } from './standing.ts';
import { loadVersion } from './versions.ts';

export interface RollBackProps {
  readonly models: ObjectStore;
  readonly model: string;
  /**
   * The version to put into production: any that is registered, and that no person rejected.
   * @default where a version is on trial, the champion stays and the trial ends; otherwise the champion before
   */
  readonly to?: number;
  /**
   * The version that is to be left: nothing is done unless it is the champion or on trial. A remedy names the version
   * that it was decided for, so that a late one does not hit its successor.
   */
  readonly from?: number;
  /** ISO 8601. A rollback of the same moment, `to`, `from` and actor is the same one and is done once. */
  readonly time: string;
  /** `workflow`, `local:<user>`, or the ARN of an AWS identity. */
  readonly actor: string;
  /** Why, in one plain sentence. */
  readonly reason: string;
}

export interface RolledBack {
  readonly rolledBack: boolean;
  /** The version that was left; null when nothing was done. */
  readonly from: number | null;
  /** The version in production now; null when there is none. */
  readonly to: number | null;
  /** What was done, or why nothing was, in one plain sentence. */
  readonly reason: string;
}

/** That a person rejected a version, in one plain sentence; undefined for any other version. Decisions are final. */
async function rejectionOf(models: ObjectStore, model: string, version: number): Promise<string | undefined> {
  const decision = (await findApproval({ models, model, version }))?.decision;
  // That nobody decided in time is no judgement of the version.
  if (decision == null || decision.approved || decision.by === 'workflow') return undefined;
  const { by, time, reason } = decision;
  return `Version ${version} was rejected by ${by} on ${readableTime(time)}: ${reason}`;
}

/**
 * Leaves a version for an earlier one by one write of the pointer. What is left is taken back: no delivery puts it
 * into production again. Rolling back again goes on to the champion before.
 * @throws ObjectNotFoundError when there is no version `to`.
 */
export async function rollBack(o: RollBackProps): Promise<RolledBack> {
  const { models, model, time, actor, reason, to, from } = o;
  let champion: number | null = null;
  const outcome = await changeProduction({
    ...{ models, model, time, actor, kind: 'rolled-back' },
    request: [
      'roll back',
      ...(from === undefined ? [] : [from]),
      ...(to === undefined ? [] : ['to', to]),
    ].join(' '),
    async decide(standing): Promise<Move | Refusal> {
      champion = standing?.champion ?? null;
      if (standing === undefined) return { refused: `Nothing of ${model} is in production` };
      const step = await stepBack(o, standing);
      if ('refused' in step) return step;
      const left = step.trial ? standing.challenger?.version : standing.champion;
      return {
        after: step.after,
        summary: step.trial
          ? `Version ${left} is taken back from its trial; version ${standing.champion} stays in production`
          : `Version ${step.after.champion} is in production again, in place of version ${left}`,
        details: { version: left, from: left, to: step.after.champion, reason },
      };
    },
  });
  if ('refused' in outcome) return { rolledBack: false, from: null, to: champion, reason: outcome.refused };
  const { from: left, to: now } = outcome.details;
  return { rolledBack: true, from: Number(left), to: Number(now), reason: outcome.summary };
}

type Step = Refusal | { readonly after: Standing; readonly trial: boolean };

async function stepBack({ models, model, time, to, from }: RollBackProps, standing: Standing): Promise<Step> {
  const { champion, challenger, previous } = standing;
  if (from !== undefined && from !== champion && from !== challenger?.version)
    return { refused: `Version ${from} is not in production any more; version ${champion} is` };
  const endsTrial = challenger !== null && (to === champion || (to === undefined && from !== champion));
  if (endsTrial) return { after: withoutChallenger(standing), trial: true };
  if (to === champion) return { refused: `Version ${to} is in production already` };
  const rejected = to === undefined ? undefined : await rejectionOf(models, model, to);
  if (rejected !== undefined) return { refused: rejected };
  const target = to ?? previous;
  if (target === null)
    return { refused: `There is no version before version ${champion} that one could go back to` };
  return { after: withReturn(standing, await loadVersion(models, model, target), time), trial: false };
}
