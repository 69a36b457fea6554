import { canonicalJson } from '../../storage/digest.ts';
import { modelKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { findMonitoring, listWindows, type MonitoringRecord } from '../monitoring-record.ts';
import { renderMonitoring } from './render-monitoring.ts';

/** Windows before, which the page of a window shows. */
const SHOWN_BEFORE = 30;

/** Writes a measured window as JSON and as a page, in place of what was there. */
export async function writeWindow(models: ObjectStore, record: MonitoringRecord): Promise<void> {
  const { model, window } = record;
  const names = (await listWindows(models, model)).filter(name => name < window).slice(-SHOWN_BEFORE);
  const before: MonitoringRecord[] = [];
  for (const name of names) {
    const one = await findMonitoring(models, model, name);
    if (one !== undefined) before.push(one);
  }
  await models.put(modelKeys.window(model, window, 'json'), canonicalJson(record));
  await models.put(modelKeys.window(model, window, 'html'), renderMonitoring(record, before));
}
