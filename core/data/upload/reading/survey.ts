import { EXAMPLES, type Example, fileViolation, UnreadableUpload, type Violation } from '../verdict.ts';
import { readBytes } from './read-bytes.ts';
import { type Dialect, type Flaw, LINE_ENDS, LONGEST_RECORD, scanRecords } from './scan-records.ts';
import type { Utf8Text } from './transcode.ts';

/** What a text file is made of. */
export interface Survey {
  /** Well-formed records, without the header. */
  readonly records: number;
  /** Malformed records, without the header. */
  readonly malformed: number;
  /** Malformed records by rule: none of them can be read. */
  readonly violations: Violation[];
  /** DuckDB would not read it as the scanner does: a clean copy is needed. */
  readonly irregular: boolean;
  /** Bytes of the longest record. */
  readonly longest: number;
  /** The line end of a regular file. */
  readonly lineEnd: 'lf' | 'crlf';
}

interface Found {
  rows: number;
  places: { line: number; start: number; end: number }[];
}

/**
 * Scans the whole file once.
 * @param header Whether the first record names the columns.
 * @throws UnreadableUpload when the header is malformed.
 */
export async function survey({ path, start }: Utf8Text, dialect: Dialect, header: boolean): Promise<Survey> {
  const flaws = new Map<Flaw, Found>();
  let records = 0;
  let malformed = 0;
  let longest = 0;
  let irregular = start > 0;
  let headerIsWhole = true;
  const ends = await scanRecords(
    path,
    dialect,
    record => {
      irregular ||= record.loose || (record.index === 0 && (record.line > 1 || record.multiline));
      longest = Math.max(longest, record.end - record.start);
      if (record.flaw !== undefined) note(flaws, record.flaw, record);
      if (header && record.index === 0) headerIsWhole = record.flaw === undefined;
      else if (record.flaw === undefined) records++;
      else malformed++;
      return headerIsWhole;
    },
    start,
  );
  const violations = await Promise.all(
    [...flaws].map(([flaw, found]) => violationOf(path, dialect, flaw, found)),
  );
  const [first] = violations;
  if (!headerIsWhole && first !== undefined) throw new UnreadableUpload(first);
  const mixed = ends !== LINE_ENDS.lf && ends !== LINE_ENDS.crlf && ends !== 0;
  return {
    records,
    malformed,
    violations,
    irregular: irregular || mixed || malformed > 0,
    longest,
    lineEnd: ends === LINE_ENDS.crlf ? 'crlf' : 'lf',
  };
}

function note(flaws: Map<Flaw, Found>, flaw: Flaw, { line, start, end }: Found['places'][number]): void {
  const found = flaws.get(flaw) ?? { rows: 0, places: [] };
  found.rows++;
  if (found.places.length < EXAMPLES) found.places.push({ line, start, end });
  flaws.set(flaw, found);
}

async function violationOf(
  path: string,
  { fields }: Dialect,
  flaw: Flaw,
  { rows, places }: Found,
): Promise<Violation> {
  const examples: Example[] = [];
  for (const { line, start, end } of places) {
    const text = (await readBytes(path, start, Math.min(end - start, 800))).toString('utf8');
    examples.push({ row: line, value: text.slice(0, 200) });
  }
  const { rule, expected, found, advice } = wordsFor(flaw, rows === 1 ? '1 line' : `${rows} lines`, fields);
  return { ...fileViolation(rule, expected, found, advice, examples), rows };
}

type Words = Pick<Violation, 'rule' | 'expected' | 'found' | 'advice'>;

function wordsFor(flaw: Flaw, lines: string, fields: number): Words {
  switch (flaw) {
    case 'fields':
      return {
        rule: 'file.fields',
        expected: `${fields} ${fields === 1 ? 'field' : 'fields'} on every line, as in the header`,
        found: `${lines} with another number of fields`,
        advice: 'Look for a delimiter or a line end within a value: such values need quotes around them.',
      };
    case 'quotes':
      return {
        rule: 'file.quotes',
        expected: 'nothing between a closing quote and the next delimiter, and quotes within a value doubled',
        found: `${lines} where a quoted value goes on after its closing quote`,
        advice: 'Let the export double the quotes within values.',
      };
    case 'open-quote':
      return {
        rule: 'file.open_quote',
        expected: 'a closing quote for every opening one',
        found: 'a quoted value that never ends, so that all that follows belongs to it',
        advice: 'The file was cut short, or a quote within a value is not doubled. Correct the export.',
      };
    case 'length':
      return {
        rule: 'file.line_length',
        expected: `at most ${LONGEST_RECORD} bytes on a line`,
        found: `${lines} longer than that`,
        advice: 'Look for a missing line end or closing quote before this line.',
      };
    case 'nul':
      return {
        rule: 'file.nul',
        expected: 'text without NUL characters',
        found: `${lines} with NUL characters`,
        advice: 'The file is damaged, or no text. Export it again.',
      };
  }
}
