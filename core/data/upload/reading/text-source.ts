import { join } from 'node:path';
import { literal } from '../../quote.ts';
import { cleanCopy } from './clean-copy.ts';
import { recordLines } from './record-lines.ts';
import { type Dialect, LONGEST_RECORD } from './scan-records.ts';
import type { Source } from './source.ts';
import { survey } from './survey.ts';
import type { Utf8Text } from './transcode.ts';

/** The records of a text file, as DuckDB reads them. */
export interface TextRecords
  extends Pick<Source, 'from' | 'records' | 'malformed' | 'reasons' | 'rowNumbers'> {
  /** The file that DuckDB has to reach. */
  readonly path: string;
}

/**
 * Surveys a text, makes a clean copy where it is irregular, and lets DuckDB read what is left.
 * The columns are called c0, c1, … there: what a file calls its columns never reaches SQL.
 */
export async function textRecords(
  text: Utf8Text,
  dialect: Dialect,
  header: boolean,
  workspace: string,
): Promise<TextRecords> {
  const { records, malformed, violations, irregular, lineEnd } = await survey(text, dialect, header);
  const path = irregular ? join(workspace, 'clean') : text.path;
  if (irregular) await cleanCopy(text, path, dialect, header);
  const quote = dialect.quotes ? '"' : '';
  const columns = Array.from({ length: dialect.fields }, (_, i) => `c${i}: 'VARCHAR'`);
  return {
    path,
    // DuckDB takes line ends in the notation of C. Two records must fit into a buffer.
    from: `read_csv(${literal(path)}, auto_detect = false, header = ${header || irregular}, compression = 'none',
      delim = chr(${dialect.delimiter}), quote = ${literal(quote)}, escape = ${literal(quote)}, nullstr = '',
      new_line = ${literal(!irregular && lineEnd === 'crlf' ? '\\r\\n' : '\\n')},
      max_line_size = ${LONGEST_RECORD}, buffer_size = ${2 * LONGEST_RECORD}, columns = {${columns.join(', ')}})`,
    records,
    malformed,
    reasons: violations,
    rowNumbers: ordinals => recordLines(text, dialect, header, ordinals),
  };
}
