import { join } from 'node:path';
import { CHUNK } from '../../../storage/file-chunks.ts';
import { literal } from '../../quote.ts';
import { cleanCopy } from './clean-copy.ts';
import { glance } from './glance.ts';
import { recordLines } from './record-lines.ts';
import type { Dialect } from './scan-records.ts';
import type { Source } from './source.ts';
import { type Survey, survey } from './survey.ts';
import type { Utf8Text } from './transcode.ts';

/** Room for a record, in bytes, unless a longer one is known. */
const USUAL_LINE = 2 * CHUNK;

/** DuckDB reads text in pieces of this size, several at a time: half of what it would choose itself saves memory. */
const BUFFER = 16 * 1024 ** 2;

/** The records of a text file, as DuckDB reads them. */
export interface TextRecords
  extends Pick<Source, 'from' | 'records' | 'malformed' | 'reasons' | 'rowNumbers'> {
  /** The file that DuckDB has to reach. */
  readonly path: string;
}

/**
 * Surveys a text, makes a clean copy where it is irregular, and lets DuckDB read what is left.
 * The columns are called c0, c1, … there: what a file calls its columns never reaches SQL.
 * @param thorough Whether every byte of plain text is looked at too; where not, DuckDB fails on malformed records.
 */
export async function textRecords(
  text: Utf8Text,
  dialect: Dialect,
  header: boolean,
  workspace: string,
  thorough: boolean,
): Promise<TextRecords> {
  const plain = thorough ? undefined : await glance(text, dialect, header);
  const { records, malformed, violations, irregular, lineEnd, longest } =
    plain === undefined ? await survey(text, dialect, header) : plainText(plain);
  const path = irregular ? join(workspace, 'clean') : text.path;
  if (irregular) await cleanCopy(text, path, dialect, header);
  const quote = dialect.quotes ? '"' : '';
  const columns = Array.from({ length: dialect.fields }, (_, i) => `c${i}: 'VARCHAR'`);
  const line = Math.max(USUAL_LINE, longest + 1);
  return {
    path,
    // DuckDB takes line ends in the notation of C.
    from: `read_csv(${literal(path)}, auto_detect = false, header = ${header || irregular}, compression = 'none',
      delim = chr(${dialect.delimiter}), quote = ${literal(quote)}, escape = ${literal(quote)}, nullstr = '',
      new_line = ${literal(!irregular && lineEnd === 'crlf' ? '\\r\\n' : '\\n')},
      max_line_size = ${line}, buffer_size = ${Math.max(BUFFER, 2 * line)}, columns = {${columns.join(', ')}})`,
    records,
    malformed,
    reasons: violations,
    rowNumbers: ordinals => recordLines(text, dialect, header, ordinals),
  };
}

/** Of a text that was glanced at is known that a line ends in every piece of it. */
const plainText = (records: number): Survey => ({
  records,
  malformed: 0,
  violations: [],
  irregular: false,
  lineEnd: 'lf',
  longest: 2 * CHUNK,
});
