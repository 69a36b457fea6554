import { CHUNK, fileChunks } from '../../../storage/file-chunks.ts';
import type { Dialect } from './scan-records.ts';
import type { Utf8Text } from './transcode.ts';

const LF = 10;
const CR = 13;
const QUOTE = 34;

/**
 * Counts the records of a text that is so plain that every reader of CSV splits it alike: no quotes, LF line ends, no
 * blank lines, no record that ends with a delimiter. Looks at bytes only through searches that are faster than any
 * loop. Undefined when the text is not like that; then `survey` looks at every byte. What stays open here is whether
 * every record has the same number of fields: of such texts DuckDB refuses to read those where it is not so.
 */
export async function glance(
  { path, start }: Utf8Text,
  dialect: Dialect,
  header: boolean,
): Promise<number | undefined> {
  if (start > 0) return undefined;
  const { delimiter, fields, quotes } = dialect;
  const unusual = [0, CR, ...(quotes ? [QUOTE] : []), ...(fields === 1 ? [delimiter] : [])];
  const endsWithDelimiter = Buffer.of(delimiter, LF);
  const blankLine = Buffer.of(LF, LF);
  let records = 0;
  // As if a line had ended before the first: a file that begins with a blank line is not plain.
  let last = LF;
  for await (const bytes of fileChunks(path)) {
    const overBorder = bytes[0] === LF && (last === LF || last === delimiter);
    if (overBorder || unusual.some(byte => bytes.includes(byte))) return undefined;
    if (bytes.includes(endsWithDelimiter) || bytes.includes(blankLine)) return undefined;
    let at = bytes.indexOf(LF);
    // No line end in a whole piece: perhaps a record that is too long.
    if (at < 0 && bytes.length === CHUNK) return undefined;
    for (; at >= 0; at = bytes.indexOf(LF, at + 1)) records++;
    last = bytes[bytes.length - 1] ?? last;
  }
  if (last === delimiter) return undefined;
  return records + (last === LF ? 0 : 1) - (header ? 1 : 0);
}
