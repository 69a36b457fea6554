import { createReadStream } from 'node:fs';

const LF = 10;
const CR = 13;
const QUOTE = 34;

/** How records are told apart. */
export interface RecordShape {
  /** Whether quotes may protect line ends. */
  readonly quotes: boolean;
  /** Whether a line without any character is a record; where not, it is passed over. */
  readonly blankLines: boolean;
}

/**
 * The lines, from 1, on which records start; records are counted from 0, in ascending order.
 * Reads only as far as the last record asked for.
 */
export async function linesOfRecords(
  path: string,
  records: readonly number[],
  { quotes, blankLines }: RecordShape,
): Promise<Map<number, number>> {
  const lines = new Map<number, number>();
  let next = 0;
  let record = 0;
  let line = 1;
  let startLine = 1;
  let empty = true;
  let quoted = false;
  let previous = 0;
  const endRecord = (): void => {
    if (!empty || blankLines) {
      if (records[next] === record) {
        lines.set(record, startLine);
        next++;
      }
      record++;
    }
    empty = true;
    startLine = line;
  };
  if (records.length === 0) return lines;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes: Buffer = chunk;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === LF && previous === CR) {
        // The second half of a line end that was counted with its first.
        if (!quoted) startLine = line;
      } else if (byte === LF || byte === CR) {
        line++;
        if (!quoted) endRecord();
      } else {
        empty = false;
        if (byte === QUOTE && quotes) quoted = !quoted;
      }
      previous = byte ?? 0;
      if (next === records.length) return lines;
    }
  }
  endRecord();
  return lines;
}
