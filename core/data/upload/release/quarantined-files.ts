import { dataKeys } from '../../../storage/layout.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { QuarantineError } from '../../../telemetry/errors.ts';
import { type UploadReport, uploadReportSchema } from '../verdict.ts';
import { type Release, readRelease } from './release-record.ts';

/** Enough of a hash to tell files apart, short enough to type. */
const ID_LENGTH = 12;

export interface QuarantinedFile {
  /** The first digits of the SHA-256 of its bytes. */
  readonly id: string;
  readonly report: UploadReport;
  readonly release: Release | undefined;
  /**
   * `quarantined`: it waits for a decision. `released`: somebody has decided since it was judged last.
   * `accepted-in-part`: the file was accepted, and these are the rows that were left out.
   */
  readonly state: 'quarantined' | 'released' | 'accepted-in-part';
}

/** Every file of a model that was quarantined, or lost rows; the newest first. */
export async function listQuarantined(data: ObjectStore, model: string): Promise<QuarantinedFile[]> {
  const files: QuarantinedFile[] = [];
  for await (const { key } of data.list(dataKeys.quarantines(model))) {
    if (!key.endsWith('/report.json')) continue;
    const found = await data.get(key);
    if (found === undefined) continue;
    const report = uploadReportSchema.parse(JSON.parse(found.body.toString()));
    const release = await readRelease(data, model, report.table, report.sha256);
    files.push({ id: report.sha256.slice(0, ID_LENGTH), report, release, state: stateOf(report, release) });
  }
  return files.sort((a, b) => (a.report.time < b.report.time ? 1 : -1));
}

function stateOf(report: UploadReport, release: Release | undefined): QuarantinedFile['state'] {
  if (report.accepted) return 'accepted-in-part';
  return release !== undefined && release.time > report.time ? 'released' : 'quarantined';
}

/** The one file whose id begins so. Throws QuarantineError when there is none, or more than one. */
export async function findQuarantined(
  data: ObjectStore,
  model: string,
  id: string,
): Promise<QuarantinedFile> {
  const all = await listQuarantined(data, model);
  const matches = id === '' ? [] : all.filter(({ report }) => report.sha256.startsWith(id.toLowerCase()));
  const [found, other] = matches;
  if (found !== undefined && other === undefined) return found;
  const list = (other === undefined ? all : matches)
    .map(file => `${file.id} (${file.report.file})`)
    .join(', ');
  throw new QuarantineError(
    other === undefined
      ? `Nothing in quarantine of model ${model} has the id "${id}"; there is: ${list || 'nothing'}.`
      : `"${id}" begins more than one id: ${list}.`,
  );
}
