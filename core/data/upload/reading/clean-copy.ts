import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { firstRecord } from './header.ts';
import { type Dialect, scanRecords } from './scan-records.ts';
import type { Utf8Text } from './transcode.ts';

const LINE_END = Buffer.from('\n');

/**
 * Copies the well-formed records, each ended by one LF: what every reader of CSV reads alike. The bytes of values
 * stay as they are; only spaces between a delimiter and a quote are left out. Before them stands a header without
 * meaning, or a value that begins with a byte order mark would be the first thing in the file.
 */
export async function cleanCopy(
  { path, start }: Utf8Text,
  to: string,
  dialect: Dialect,
  header: boolean,
): Promise<void> {
  const output = createWriteStream(to);
  const closed = finished(output);
  // The pieces of the file from the start of the current record on.
  let pieces: Buffer[] = [];
  let piecesStart = start;
  let recordsEnd = start;
  let clean: Buffer[] = [headerOf(dialect), LINE_END];

  const flush = async (): Promise<void> => {
    const drained = clean.length === 0 || output.write(Buffer.concat(clean));
    clean = [];
    if (!drained) await once(output, 'drain');
  };
  const keepFrom = (position: number): void => {
    const rest = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    pieces = rest === undefined ? [] : [rest.subarray(position - piecesStart)];
    piecesStart = position;
  };

  await scanRecords(
    path,
    dialect,
    record => {
      if (record.flaw === undefined && !(header && record.index === 0)) {
        if (pieces.length > 1) keepFrom(record.start);
        const bytes =
          pieces[0]?.subarray(record.start - piecesStart, record.end - piecesStart) ?? Buffer.alloc(0);
        clean.push(record.loose ? tightened(bytes, dialect.delimiter) : bytes, LINE_END);
      }
      recordsEnd = record.end;
      return true;
    },
    start,
    async chunk => {
      await flush();
      keepFrom(recordsEnd);
      pieces.push(Buffer.from(chunk));
    },
  );
  await flush();
  output.end();
  await closed;
}

const headerOf = ({ delimiter, fields }: Dialect): Buffer =>
  Buffer.from(Array(fields).fill('-').join(String.fromCharCode(delimiter)));

/** A record without the spaces around its quotes; with quotes around every field, so that it reads as before. */
function tightened(bytes: Buffer, delimiter: number): Buffer {
  const separator = String.fromCharCode(delimiter);
  const fields = firstRecord(bytes.toString('utf8'), separator);
  return Buffer.from(fields.map(field => `"${field.replaceAll('"', '""')}"`).join(separator));
}
