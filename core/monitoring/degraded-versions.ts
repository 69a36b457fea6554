import type { Spec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { isEnough } from './enough-answers.ts';
import { listMonitoring, type Measurement } from './monitoring-record.ts';

/** The versions in force in the newest window whose error is above what the spec allows; none where no window's is. */
export async function degradedVersions(
  models: ObjectStore,
  { name, monitoring: { performance } }: Spec,
): Promise<number[]> {
  const windows = await listMonitoring(models, name);
  const degraded = windows.findLast(
    (window): window is Measurement =>
      window.measured &&
      isEnough(window) &&
      window.errorRatio !== null &&
      window.errorRatio > 1 + performance.max_drop,
  );
  if (degraded === undefined) return [];
  return degraded.task === 'forecasting'
    ? degraded.versions.map(({ version }) => version)
    : [degraded.version];
}
