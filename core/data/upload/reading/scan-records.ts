import { fileChunks } from '../../../storage/file-chunks.ts';

/** How the bytes of a text file become records. All of its special characters are ASCII, so UTF-8 needs no decoding. */
export interface Dialect {
  /** Byte between two fields. */
  readonly delimiter: number;
  /** Fields of a well-formed record. */
  readonly fields: number;
  /** Whether quotes may protect delimiters, line ends and doubled quotes. */
  readonly quotes: boolean;
  /** Whether a line without any character is a record; where not, it is passed over. */
  readonly blankRecords: boolean;
}

/** Why a record cannot be trusted. */
export type Flaw = 'fields' | 'quotes' | 'open-quote' | 'length' | 'nul';

/** Longest record, in bytes. DuckDB holds a whole record in one buffer, so there has to be a limit. */
export const LONGEST_RECORD = 16 * 1024 ** 2;

/** One record. The scanner hands out the same object every time. */
export interface ScannedRecord {
  /** Position among the records, from 0. */
  index: number;
  /** Line on which it starts, from 1. */
  line: number;
  /** Byte range, without the line end. */
  start: number;
  end: number;
  fields: number;
  flaw: Flaw | undefined;
  /** Spaces stand between a delimiter and a quote, where readers of CSV disagree. */
  loose: boolean;
  /** It spans several lines. */
  multiline: boolean;
}

/** Kinds of line ends outside quotes, as bits. */
export const LINE_ENDS = { lf: 1, crlf: 2, cr: 4 } as const;

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;

const START = 0;
const UNQUOTED = 1;
const QUOTED = 2;
const QUOTE_SEEN = 3;
const AFTER_QUOTE = 4;

/**
 * Scans a file for records, by the rules of RFC 4180 with these liberties: LF, CRLF and CR all end a line; a quote
 * within a field that did not start with one is a character like any other; spaces around a quoted field do not
 * count.
 * @param onRecord Called at the end of each record; returning false stops the scan.
 * @param from Byte to start from (behind a byte order mark).
 * @param onChunk Called, and awaited, with every piece of the file before its records are found; see `fileChunks`.
 * @returns The kinds of line ends that were met, as bits of LINE_ENDS.
 */
export async function scanRecords(
  path: string,
  dialect: Dialect,
  onRecord: (record: ScannedRecord) => boolean,
  from = 0,
  onChunk?: (bytes: Buffer, position: number) => Promise<void>,
): Promise<number> {
  const scanner = new RecordScanner(dialect, onRecord, from);
  let position = from;
  for await (const bytes of fileChunks(path, from)) {
    await onChunk?.(bytes, position);
    if (!scanner.push(bytes, position)) return scanner.lineEnds;
    position += bytes.length;
  }
  scanner.finish(position);
  return scanner.lineEnds;
}

class RecordScanner {
  lineEnds = 0;
  readonly #dialect: Dialect;
  readonly #onRecord: (record: ScannedRecord) => boolean;
  readonly #special = new Uint8Array(256);
  readonly #record: ScannedRecord;
  #state = START;
  #line = 1;
  #fields = 1;
  #spaceAtStart = false;
  #afterCr = false;

  constructor(dialect: Dialect, onRecord: (record: ScannedRecord) => boolean, start: number) {
    this.#dialect = dialect;
    this.#onRecord = onRecord;
    for (const byte of [0, LF, CR, dialect.delimiter, ...(dialect.quotes ? [QUOTE] : [])])
      this.#special[byte] = 1;
    this.#record = {
      index: 0,
      line: 1,
      start,
      end: start,
      fields: 1,
      flaw: undefined,
      loose: false,
      multiline: false,
    };
  }

  /** Scans one piece of the file; false when the caller has had enough. */
  push(bytes: Buffer, position: number): boolean {
    const within = this.#state === QUOTED || this.#state === QUOTE_SEEN || this.#state === AFTER_QUOTE;
    const plain = !within && !(this.#dialect.quotes && bytes.includes(QUOTE)) && !bytes.includes(0);
    return plain ? this.#scanPlain(bytes, position) : this.#scan(bytes, position);
  }

  /** A piece without quotes: only delimiters and line ends matter. Several times faster, and most files are like this. */
  #scanPlain(bytes: Buffer, position: number): boolean {
    const delimiter = this.#dialect.delimiter;
    const record = this.#record;
    const length = bytes.length;
    let fields = this.#fields;
    let afterCr = this.#afterCr;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i];
      if (byte === delimiter) fields++;
      else if (byte === LF || byte === CR) {
        if (byte === LF && afterCr && record.start === position + i) {
          this.lineEnds |= LINE_ENDS.crlf;
          record.start++;
          afterCr = false;
          continue;
        }
        if (afterCr) this.lineEnds |= LINE_ENDS.cr;
        if (byte === LF) this.lineEnds |= LINE_ENDS.lf;
        afterCr = byte === CR;
        this.#line++;
        if (!this.#end(position + i, UNQUOTED, fields)) return false;
        fields = 1;
      } else if (afterCr) {
        this.lineEnds |= LINE_ENDS.cr;
        afterCr = false;
      }
    }
    this.#fields = fields;
    this.#afterCr = afterCr;
    // Only spaces since the last delimiter: the next piece may open a quote.
    let last = length - 1;
    while (last >= 0 && bytes[last] === SPACE) last--;
    const byte = bytes[last];
    const atStart = last < 0 ? this.#state === START : byte === delimiter || byte === LF || byte === CR;
    this.#state = atStart ? START : UNQUOTED;
    this.#spaceAtStart = atStart && (last < length - 1 || (last < 0 && this.#spaceAtStart));
    return true;
  }

  /** Any piece. What changes with every byte is in local variables, for the speed of it. */
  #scan(bytes: Buffer, position: number): boolean {
    const special = this.#special;
    const delimiter = this.#dialect.delimiter;
    const record = this.#record;
    const length = bytes.length;
    let state = this.#state;
    let fields = this.#fields;
    let afterCr = this.#afterCr;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i] ?? 0;
      if (special[byte] === 0) {
        if (afterCr && state !== QUOTED) this.lineEnds |= LINE_ENDS.cr;
        afterCr = false;
        if (state === UNQUOTED || state === QUOTED) continue;
        if (byte !== SPACE) {
          if (state !== START) record.flaw ??= 'quotes';
          state = UNQUOTED;
        } else if (state === START) this.#spaceAtStart = true;
        else {
          state = AFTER_QUOTE;
          record.loose = true;
        }
      } else if (byte === delimiter && state !== QUOTED) {
        fields++;
        state = START;
        this.#spaceAtStart = false;
        if (afterCr) this.lineEnds |= LINE_ENDS.cr;
        afterCr = false;
      } else if (byte === LF && afterCr) {
        // The CR before has ended the line.
        afterCr = false;
        if (state === QUOTED) continue;
        this.lineEnds |= LINE_ENDS.crlf;
        record.start = position + i + 1;
      } else {
        if (afterCr && state !== QUOTED) this.lineEnds |= LINE_ENDS.cr;
        afterCr = byte === CR;
        if (byte === QUOTE) state = this.#quote(state);
        else if (byte === 0) record.flaw ??= 'nul';
        else if (state === QUOTED) {
          if (byte === delimiter) continue;
          this.#line++;
          record.multiline = true;
        } else {
          this.#line++;
          if (byte === LF) this.lineEnds |= LINE_ENDS.lf;
          if (!this.#end(position + i, state, fields)) return false;
          state = START;
          fields = 1;
        }
      }
    }
    this.#state = state;
    this.#fields = fields;
    this.#afterCr = afterCr;
    return true;
  }

  /** The last record, where the file does not end with a line end. */
  finish(position: number): void {
    if (this.#afterCr && this.#state !== QUOTED) this.lineEnds |= LINE_ENDS.cr;
    if (position > this.#record.start) this.#end(position, this.#state, this.#fields);
  }

  #quote(state: number): number {
    const record = this.#record;
    if (state === START) {
      record.loose ||= this.#spaceAtStart;
      return QUOTED;
    }
    if (state === QUOTED) return QUOTE_SEEN;
    if (state === QUOTE_SEEN) return QUOTED;
    if (state === AFTER_QUOTE) record.flaw ??= 'quotes';
    return state;
  }

  /** Ends the record before `end`; false when the caller has had enough. */
  #end(end: number, state: number, fields: number): boolean {
    const record = this.#record;
    let more = true;
    if (end > record.start || this.#dialect.blankRecords) {
      record.end = end;
      record.fields = fields;
      if (state === QUOTED) record.flaw = 'open-quote';
      else if (end - record.start > LONGEST_RECORD) record.flaw = 'length';
      else if (fields !== this.#dialect.fields) record.flaw ??= 'fields';
      more = this.#onRecord(record);
      record.index++;
    }
    record.start = end + 1;
    record.line = this.#line;
    record.flaw = undefined;
    record.loose = false;
    record.multiline = false;
    this.#spaceAtStart = false;
    return more;
  }
}
