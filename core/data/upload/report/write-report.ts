import { canonicalJson } from '../../../storage/digest.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import type { UploadReport } from '../verdict.ts';
import { renderReport } from './render-report.ts';

/** Where a report lies: for machines, and for people. */
export interface ReportKeys {
  readonly json: string;
  readonly html: string;
}

/** Writes a report in both forms, the one for machines last: where it is, both are. */
export async function writeReport(
  data: ObjectStore,
  keys: ReportKeys,
  report: UploadReport,
): Promise<ReportKeys> {
  await data.put(keys.html, renderReport(report));
  await data.put(keys.json, canonicalJson(report));
  return keys;
}
