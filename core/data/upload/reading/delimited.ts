import type { ReadOptions } from '../../../spec/schema.ts';
import { readHeader } from './header.ts';
import { readBytes } from './read-bytes.ts';
import { LONGEST_RECORD } from './scan-records.ts';
import type { Source } from './source.ts';
import { textRecords } from './text-source.ts';
import type { Utf8Text } from './transcode.ts';

/** A header longer than this is looked for with the limit of any record. */
const USUAL_HEADER = 1 << 16;

/** Delimited values whose first record names the columns. */
export async function delimitedSource(
  text: Utf8Text,
  contract: readonly string[],
  read: ReadOptions,
  workspace: string,
  thorough: boolean,
): Promise<Source & { path: string }> {
  const { delimiter, names } = readHeader(await headText(text), contract, read.delimiter);
  const dialect = {
    delimiter: delimiter.charCodeAt(0),
    fields: names.length,
    quotes: true,
    blankRecords: names.length === 1,
  };
  return {
    ...(await textRecords(text, dialect, true, workspace, thorough)),
    columns: names.map((name, i) => ({ name, sql: `c${i}`, type: 'VARCHAR' })),
    warnings: [],
    read,
  };
}

async function headText({ path, start }: Utf8Text): Promise<string> {
  const usual = (await readBytes(path, start, USUAL_HEADER)).toString('utf8');
  // A line end without an open quote before it ends the header.
  const line = usual.trimStart().split(/[\r\n]/, 2)[0] ?? '';
  const whole = line.length < usual.trimStart().length && !line.includes('"');
  return whole || usual.length < USUAL_HEADER / 4
    ? usual
    : (await readBytes(path, start, LONGEST_RECORD)).toString('utf8');
}
