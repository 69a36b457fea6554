import { readableTime } from '../insights/readable.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { isNewer, type Standing } from './standing.ts';
import { loadVersion, type VersionRecord } from './versions.ts';

/**
 * Why a delivery may not put a version into production or on trial beside what stands there, in one plain sentence;
 * undefined when it may. A version must be newer than the champion, than another one on trial, and than every version
 * that was taken back: a rollback is a decision, which no older delivery undoes.
 */
export async function refusalOf(
  models: ObjectStore,
  standing: Standing,
  version: VersionRecord,
): Promise<string | undefined> {
  const { champion, dataEnd, promotedAt, challenger, takenBack } = standing;
  if (champion === version.version)
    return `Version ${champion} is in production already, since ${readableTime(promotedAt)}`;
  if (takenBack.includes(version.version)) {
    return (
      `Version ${version.version} was taken back; a person puts it into production again by ` +
      `antei rollback ${version.model} --to ${version.version}`
    );
  }
  if (!isNewer(version, { version: champion, dataEnd }))
    return olderThan(version, { version: champion, dataEnd }, 'in production');
  const others = [
    ...(challenger === null || challenger.version === version.version
      ? []
      : [{ number: challenger.version, which: 'on trial' }]),
    ...takenBack.map(number => ({ number, which: 'that was taken back' })),
  ];
  for (const { number, which } of others) {
    const other = await loadVersion(models, version.model, number);
    if (!isNewer(version, other)) return olderThan(version, other, which);
  }
  return undefined;
}

type Numbered = Pick<VersionRecord, 'version' | 'dataEnd'>;

function olderThan(version: Numbered, other: Numbered, which: string): string {
  if (Date.parse(version.dataEnd) === Date.parse(other.dataEnd))
    return `Version ${other.version} ${which} is newer than version ${version.version}, on data of the same time`;
  return (
    `Version ${version.version} was built on data until ${readableTime(version.dataEnd)}, which is older than the data of ` +
    `version ${other.version} ${which} (until ${readableTime(other.dataEnd)})`
  );
}
