import type { ObjectStore } from '../storage/object-store.ts';
import { changeProduction } from './change-production.ts';
import { refusalOf } from './refusal-of.ts';
import { withChampion } from './standing.ts';
import { loadVersion } from './versions.ts';

export interface Promotion {
  readonly promoted: boolean;
  /** One plain sentence. */
  readonly reason: string;
}

/**
 * Puts a version into production, unless what is there was built on newer data, or is a newer version on the same
 * data, or the version or a newer one was taken back: deliveries may finish in another order than they came. Repeating
 * a promotion answers the same again.
 * @throws ObjectNotFoundError when there is no such version.
 */
export async function promoteVersion(o: {
  readonly models: ObjectStore;
  readonly model: string;
  readonly version: number;
  /** ISO 8601; the moment of the promotion. */
  readonly time: string;
  /** Why, in one plain sentence. */
  readonly reason?: string;
}): Promise<Promotion> {
  const { models, model, time, reason = 'It passed the gate' } = o;
  const version = await loadVersion(models, model, o.version);
  const outcome = await changeProduction({
    ...{ models, model, time, actor: 'workflow', kind: 'promoted', request: `promote ${version.version}` },
    async decide(standing) {
      const refused = standing && (await refusalOf(models, standing, version));
      if (refused !== undefined) return { refused };
      const replaced = standing === undefined ? '' : `, in place of version ${standing.champion}`;
      return {
        after: withChampion(standing, version, time),
        summary: `Version ${version.version} is in production${replaced}`,
        details: { version: version.version, reason },
      };
    },
  });
  return 'refused' in outcome
    ? { promoted: false, reason: outcome.refused }
    : { promoted: true, reason: outcome.summary };
}
