import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileChunks } from '../../../storage/file-chunks.ts';
import { fileViolation, UnreadableUpload } from '../verdict.ts';
import { byteOrderMark, detectEncoding, type Encoding, firstInvalidUtf8 } from './encoding.ts';
import { readBytes, readHead } from './read-bytes.ts';

/** Text in UTF-8. */
export interface Utf8Text {
  readonly path: string;
  /** Where the text begins: behind the byte order mark. */
  readonly start: number;
}

/**
 * The text of a file in UTF-8: the file itself where it is that already, else a copy at `to`. A byte order mark
 * decides; then what the contract declares; then what the bytes look like.
 * @throws UnreadableUpload when bytes do not fit the encoding, or no encoding fits.
 */
export async function utf8Text(path: string, to: string, declared: Encoding | undefined): Promise<Utf8Text> {
  const mark = byteOrderMark(await readHead(path, 4));
  const stated = mark?.encoding ?? declared;
  if (stated !== undefined && stated !== 'utf-8') return transcode(path, to, stated, mark?.length ?? 0);
  const invalid = await firstInvalidUtf8(path);
  const start = mark?.length ?? 0;
  if (invalid === undefined) {
    // UTF-16 of nothing but ASCII is valid UTF-8 as well: text and zero bytes in turn.
    const wide =
      stated === undefined && (await readHead(path, 64)).includes(0) ? await detectEncoding(path) : undefined;
    return wide === 'utf-16le' || wide === 'utf-16be' ? transcode(path, to, wide, 0) : { path, start };
  }
  const detected = stated === undefined ? await detectEncoding(path) : undefined;
  if (detected !== undefined) return transcode(path, to, detected, 0);
  throw await invalidBytes(path, invalid, stated);
}

async function transcode(path: string, to: string, encoding: Encoding, start: number): Promise<Utf8Text> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let offset = start;
  try {
    await pipeline(
      createReadStream(path, { start, highWaterMark: 1 << 20 }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          yield decoder.decode(chunk, { stream: true });
          offset += chunk.length;
        }
        yield decoder.decode();
      },
      createWriteStream(to),
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UnreadableUpload(
      fileViolation(
        'file.encoding',
        `text in ${encoding} to the end`,
        `bytes that are not ${encoding}, within the ${1 << 20} bytes from byte ${offset}`,
        'The file mixes encodings, was cut short, or is in another encoding: export it again, best in UTF-8.',
      ),
      { cause: error },
    );
  }
  return { path: to, start: 0 };
}

async function invalidBytes(
  path: string,
  offset: number,
  stated: Encoding | undefined,
): Promise<UnreadableUpload> {
  let line = 1;
  for await (const bytes of fileChunks(path, 0, offset)) {
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) line++;
  }
  const text = (await readBytes(path, offset, 400)).toString('utf8').split('\n', 1)[0] ?? '';
  return new UnreadableUpload(
    fileViolation(
      'file.encoding',
      stated === undefined
        ? 'text in UTF-8, or in UTF-16, Shift_JIS or EUC-JP throughout'
        : `text in ${stated}`,
      `bytes that are not UTF-8, first on line ${line}, in a file that as a whole is in none of these encodings`,
      'Export the file in UTF-8; or declare its encoding in the contract of the table, such as read: { encoding: shift_jis } or euc-jp.',
      [{ row: line, value: text.slice(0, 200) }],
    ),
  );
}
