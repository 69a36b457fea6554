import type { TabularVersion, VersionRecord } from '../../registry/versions.ts';
import type { Span } from './window-span.ts';

const isTabularVersion = (version: VersionRecord): version is TabularVersion =>
  version.task !== 'forecasting';

/**
 * The version that a window is about: the one in production, unless its data reaches into the window; else the newest
 * version that knew nothing of the window; where all of them knew something, the newest that did not know its end.
 */
export function versionInForce(
  { from, to }: Span,
  versions: readonly VersionRecord[],
  champion: number | undefined,
): TabularVersion | undefined {
  const tabular = versions.filter(isTabularVersion);
  const endedBefore = (moment: Date): TabularVersion[] =>
    tabular.filter(({ dataEnd }) => new Date(dataEnd) <= moment);
  const unknowing = endedBefore(from);
  const produced = unknowing.find(({ version }) => version === champion);
  const latest = endedBefore(to).at(-1);
  return (
    produced ??
    unknowing.at(-1) ??
    (latest !== undefined && new Date(latest.dataEnd) < to ? latest : undefined)
  );
}
