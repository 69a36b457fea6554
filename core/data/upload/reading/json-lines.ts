import { literal } from '../../duckdb.ts';
import { LONGEST_LINE } from './delimited.ts';
import { linesOfRecords } from './records.ts';
import type { Source } from './source.ts';

/** A JSON pointer (RFC 6901) to a member of an object. */
const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/**
 * One JSON object per line. DuckDB reads the lines as text of one column, so that a malformed line is a value that a
 * rule can point at, and no failure of the scan.
 * @param contract The columns to take out of each object: there is no header that could name others.
 */
export function jsonLinesSource(path: string, contract: readonly string[]): Source {
  const members = contract.map(name => literal(pointer(name)));
  return {
    format: 'json-lines',
    from: `(SELECT line, CASE WHEN json_valid(line) THEN json_extract_string(line, [${members.join(', ')}]) END AS m
      FROM read_csv(${literal(path)}, auto_detect = false, header = false, delim = chr(31), quote = '', escape = '',
        nullstr = '', max_line_size = ${LONGEST_LINE}, buffer_size = ${2 * LONGEST_LINE}, columns = {line: 'VARCHAR'})
      WHERE line IS NOT NULL)`,
    columns: contract.map((name, i) => ({ name, sql: `m[${i + 1}]`, type: 'VARCHAR' })),
    rowWord: 'line',
    rowNumbers: async ordinals => {
      const lines = await linesOfRecords(
        path,
        ordinals.map(ordinal => ordinal - 1),
        { quotes: false, blankLines: false },
      );
      return new Map([...lines].map(([record, line]) => [record + 1, line]));
    },
  };
}
