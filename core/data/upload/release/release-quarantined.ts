import { recordEvent } from '../../../registry/events.ts';
import { canonicalJson } from '../../../storage/digest.ts';
import { dataKeys, parseUploadKey } from '../../../storage/layout.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { QuarantineError } from '../../../telemetry/errors.ts';
import { safeName } from '../quarantine.ts';
import { findQuarantined, type QuarantinedFile } from './quarantined-files.ts';
import { type Release, releaseKey } from './release-record.ts';

export interface ReleaseRequest {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly model: string;
  /** Id of the file, or the beginning of it. */
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  /** Who decides. */
  readonly actor: string;
  /** Why; goes on record. */
  readonly reason: string;
  /** Accept the file although it breaks rules, instead of judging it again by the corrected contract. */
  readonly override: boolean;
}

/** What has to be delivered again, by whatever way files reach `incoming/`, for the decision to take effect. */
export interface ReleasedFile {
  readonly file: QuarantinedFile;
  /** Key of the untouched bytes. */
  readonly bytes: string;
  /** Key under `incoming/` to put them under. */
  readonly incoming: string;
}

/**
 * Puts a decision about a quarantined file on record: beside the file, where its next validation finds it, and in the
 * event log. Delivering the bytes again is the caller's part, so that the same workflow runs as for any upload.
 * @throws QuarantineError when there is no such file, no reason is given, or its key names no table.
 */
export async function releaseQuarantined(request: ReleaseRequest): Promise<ReleasedFile> {
  const { data, models, model, id, actor, override } = request;
  const reason = request.reason.trim();
  if (reason === '') throw new QuarantineError('A release needs a reason: it goes on record.');
  const file = await findQuarantined(data, model, id);
  const { table, file: name, sha256, key, reasons } = file.report;
  if (parseUploadKey(key)?.model !== model) {
    throw new QuarantineError(
      `${key} is no place of a table of ${model}: upload the file to where it belongs.`,
    );
  }
  const release: Release = { time: new Date(request.time).toISOString(), actor, reason, override };
  await data.put(releaseKey(model, table, sha256), canonicalJson(release));
  await recordEvent(models, {
    time: release.time,
    model,
    kind: 'released',
    actor,
    summary: `${name} was released${override ? ' although it breaks rules' : ' to be judged again'}: ${reason}`,
    details: {
      table,
      file: name,
      sha256,
      override,
      reasons: reasons.map(({ rule, rows }) => ({ rule, rows })),
    },
  });
  return { file, bytes: dataKeys.quarantined(model, safeName(table), sha256, safeName(name)), incoming: key };
}
