import type { ReadOptions } from '../../../spec/schema.ts';
import { literal } from '../../duckdb.ts';
import { readHeader } from './header.ts';
import { linesOfRecords } from './records.ts';
import { readHead } from './sniff.ts';
import type { Source } from './source.ts';

/** Longest record, in bytes, and the longest header. */
export const LONGEST_LINE = 16 * 1024 ** 2;

/** DuckDB reads in pieces of this many bytes; a piece must hold more than the longest record. */
const BUFFER = 2 * LONGEST_LINE;

/** A text file of delimited values in UTF-8, whose first record names the columns. */
export async function delimitedSource(
  path: string,
  contract: readonly string[],
  read: ReadOptions | undefined,
): Promise<Source> {
  const head = (await readHead(path, LONGEST_LINE)).toString('utf8').replace(/^\uFEFF/, '');
  const { delimiter, names } = readHeader(head, contract, read?.delimiter);
  // Internal names: what a file calls its columns never reaches SQL.
  const columns = names.map((name, i) => ({ name, sql: `c${i}`, type: 'VARCHAR' }));
  const shape = { quotes: true, blankLines: names.length === 1 };
  return {
    format: 'delimited',
    from: `read_csv(${literal(path)}, auto_detect = false, header = true, delim = ${literal(delimiter)},
      quote = '"', escape = '"', nullstr = '', max_line_size = ${LONGEST_LINE}, buffer_size = ${BUFFER},
      columns = {${columns.map(({ sql }) => `${sql}: 'VARCHAR'`).join(', ')}})`,
    columns,
    rowWord: 'line',
    // Record 0 is the header, so the ordinal of a row is the index of its record.
    rowNumbers: ordinals => linesOfRecords(path, ordinals, shape),
  };
}
