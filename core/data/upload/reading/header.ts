import type { ReadOptions } from '../../../spec/schema.ts';
import { fileViolation, UnreadableUpload } from '../verdict.ts';

export type Delimiter = NonNullable<ReadOptions['delimiter']>;

const DELIMITERS: readonly Delimiter[] = [',', '\t', ';', '|'];

/** The names in a header, and what stands between them. */
export interface Header {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
}

/**
 * Reads the header. Undeclared, the delimiter is the one that finds most of the contract's columns; among equals
 * the one that gives most columns.
 * @param text The start of the file, at least its first record.
 * @throws UnreadableUpload when the header names a column twice.
 */
export function readHeader(
  text: string,
  contract: readonly string[],
  declared: Delimiter | undefined,
): Header {
  const wanted = new Set(contract);
  const headers = (declared === undefined ? DELIMITERS : [declared]).map(delimiter => {
    const names = firstRecord(text, delimiter).map(name => name.trim());
    return { delimiter, names, matches: names.filter(name => wanted.has(name)).length };
  });
  const best = headers.reduce((a, b) =>
    b.matches > a.matches || (b.matches === a.matches && b.names.length > a.names.length) ? b : a,
  );
  refuseRepeated(best.names);
  return { delimiter: best.delimiter, names: best.names };
}

/** Throws UnreadableUpload when a name appears twice: which of the two is meant, nobody can know. */
export function refuseRepeated(names: readonly string[]): void {
  const seen = new Set<string>();
  const repeated = new Set(names.filter(name => seen.size === seen.add(name).size));
  if (repeated.size === 0) return;
  const shown = [...repeated]
    .slice(0, 5)
    .map(name => (name === '' ? 'a column without a name' : `"${name.slice(0, 60)}"`));
  throw new UnreadableUpload(
    fileViolation(
      'header.duplicate',
      'every column name once',
      `${shown.join(', ')} more than once in the header${repeated.size > 5 ? `, and ${repeated.size - 5} other names` : ''}`,
      'Rename or remove the repeated columns in the export.',
      [...repeated].slice(0, 20).map(value => ({ row: 1, value: value.slice(0, 200) })),
    ),
  );
}

/** The fields of the first record that is not blank, by the rules of `scanRecords`. */
export function firstRecord(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let closed = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else {
        quoted = false;
        closed = true;
      }
    } else if (character === '"' && !closed && /^ *$/.test(field)) {
      quoted = true;
      field = '';
    } else if (character === delimiter) {
      fields.push(field);
      field = '';
      closed = false;
    } else if (character === '\n' || character === '\r') {
      if (fields.length > 0 || field !== '' || closed) break;
    } else if (!closed || character !== ' ') field += character;
  }
  return [...fields, field];
}
