import type { ObjectStore } from '../storage/object-store.ts';
import { findMonitoring, listWindows, type MonitoringRecord } from './monitoring-record.ts';

/** How many windows are looked at. */
const WINDOWS = 3;

/**
 * How many of the last three windows up to a given one had inputs that drifted as a whole; undefined where the given
 * one could not be compared. An upload and a schedule may measure the same time: of windows that overlap, the latest
 * counts.
 */
export async function driftedWindows(
  models: ObjectStore,
  latest: MonitoringRecord,
): Promise<number | undefined> {
  if (latest.drift?.share == null) return undefined;
  const counted = [latest];
  const earlier = (await listWindows(models, latest.model)).filter(name => name < latest.window).reverse();
  for (const name of earlier) {
    if (counted.length === WINDOWS) break;
    const record = await findMonitoring(models, latest.model, name);
    if (record?.drift?.share == null) continue;
    const begins = Math.min(...counted.map(({ from }) => Date.parse(from)));
    if (Date.parse(record.to) <= begins) counted.push(record);
  }
  return counted.filter(({ drift }) => drift?.datasetDrift === true).length;
}
