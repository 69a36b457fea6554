import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { type ReportKeys, writeReport } from './report/write-report.ts';
import type { UploadReport } from './verdict.ts';

/** Names that are taken already. */
const DROPPED_ROWS = 'rejected-rows.csv';
const RESERVED = new Set(['report.json', 'report.html', 'release.json', DROPPED_ROWS]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
const UNSAFE = /[/\\\u0000-\u001f\u007f]/g;

/** Bytes of a safe name. A file system may escape each into three, and has room for 255. */
const LONGEST = 80;

/** A name as one safe part of a key: separators and control characters become _, a long middle is left out. */
export function safeName(file: string): string {
  const plain = file
    .toWellFormed()
    .replace(UNSAFE, '_')
    .replace(/^\.+/, dots => '_'.repeat(dots.length));
  const name = Buffer.byteLength(plain) <= LONGEST ? plain || '_' : `${start(plain, 40)}…${end(plain, 37)}`;
  return RESERVED.has(name.toLowerCase()) ? `_${name}` : name;
}

/** As many whole characters from the start as fit into so many bytes. */
function start(text: string, bytes: number): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}

const end = (text: string, bytes: number): string =>
  [...start([...text].reverse().join(''), bytes)].reverse().join('');

/**
 * Keeps a rejected file, byte for byte, with its report. Writes the report last: who sees it finds the bytes too.
 * @param dropped CSV of the rows that were left out of an accepted file.
 */
export async function quarantine(
  data: ObjectStore,
  path: string,
  report: UploadReport,
  dropped?: string,
): Promise<ReportKeys> {
  const keyOf = (name: string): string =>
    dataKeys.quarantined(report.model, safeName(report.table), report.sha256, name);
  const json = keyOf('report.json');
  const html = keyOf('report.html');
  await data.putFile(keyOf(safeName(report.file)), path);
  if (dropped !== undefined) await data.putFile(keyOf(DROPPED_ROWS), dropped);
  return writeReport(data, { json, html }, report);
}
