import { championBefore } from '../registry/champion-before.ts';
import { readProduction } from '../registry/production.ts';
import type { VersionRecord } from '../registry/versions.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Range } from './window.ts';

/**
 * The version that a window is about: the one that was in production at its end, whatever was promoted or rolled back
 * since. Of a window older than the first promotion it is the one in production now.
 * @param versions By number.
 */
export async function versionInForce<V extends VersionRecord>(
  models: ObjectStore,
  model: string,
  window: Range,
  versions: readonly V[],
): Promise<V | undefined> {
  const champion =
    (await championBefore(models, model, window.to)) ?? (await readProduction(models, model))?.champion;
  return unknowingVersion(window, versions, champion);
}

/**
 * The champion, unless its data reaches into the window; else the newest version that knew nothing of the window; where
 * all of them knew something, the newest that did not know its end.
 */
function unknowingVersion<V extends VersionRecord>(
  { from, to }: Range,
  versions: readonly V[],
  champion: number | undefined,
): V | undefined {
  const endedBefore = (moment: Date): V[] => versions.filter(({ dataEnd }) => new Date(dataEnd) <= moment);
  const unknowing = endedBefore(from);
  const produced = unknowing.find(({ version }) => version === champion);
  const latest = endedBefore(to).at(-1);
  return (
    produced ??
    unknowing.at(-1) ??
    (latest !== undefined && new Date(latest.dataEnd) < to ? latest : undefined)
  );
}
