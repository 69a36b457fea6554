import * as z from 'zod';
import { dataKeys } from '../../../storage/layout.ts';
import type { ObjectStore } from '../../../storage/object-store.ts';
import { safeName } from '../quarantine.ts';

const releaseSchema = z.object({
  /** ISO 8601 in UTC. */
  time: z.iso.datetime(),
  /** Who released it. */
  actor: z.string(),
  reason: z.string(),
  /** Whether the file is to be accepted although it breaks rules; otherwise it is only judged again. */
  override: z.boolean(),
});

/** A person's decision about a quarantined file. It lies beside the file, and holds for these bytes. */
export type Release = z.output<typeof releaseSchema>;

export const releaseKey = (model: string, table: string, sha256: string): string =>
  dataKeys.quarantined(model, safeName(table), sha256, 'release.json');

/** The last decision about the file with these bytes; undefined without one. */
export async function readRelease(
  data: ObjectStore,
  model: string,
  table: string,
  sha256: string,
): Promise<Release | undefined> {
  const found = await data.get(releaseKey(model, table, sha256));
  return found && releaseSchema.parse(JSON.parse(found.body.toString()));
}
