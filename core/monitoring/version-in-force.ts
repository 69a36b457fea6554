import type { VersionRecord } from '../registry/versions.ts';

/**
 * The version that a window is about: the one in production, unless its data reaches into the window; else the newest
 * version that knew nothing of the window; where all of them knew something, the newest that did not know its end.
 * @param versions By number.
 */
export function versionInForce<V extends VersionRecord>(
  { from, to }: { readonly from: Date; readonly to: Date },
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
