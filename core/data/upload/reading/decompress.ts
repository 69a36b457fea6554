import { createReadStream, createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf } from '../../../telemetry/errors.ts';
import { fileViolation, UnreadableUpload } from '../verdict.ts';
import type { Compression } from './file-name.ts';
import { zstdFrames } from './zstd-frames.ts';

/** Largest size of a decompressed file: a bomb must end before the disk does. */
export const DECOMPRESSED_LIMIT = 4 * 1024 ** 3;

/** A range of bytes of a file, and what decompresses it. */
interface Section {
  readonly start: number;
  readonly end?: number;
  readonly decompressor: Transform;
}

const CHUNK = { chunkSize: 1 << 20 };

/** What a file has to be decompressed by: the members of gzip data are one stream to Node, the frames of Zstandard are not. */
async function* sectionsOf(path: string, compression: Compression): AsyncIterable<Section> {
  if (compression === 'gzip') yield { start: 0, decompressor: createGunzip(CHUNK) };
  else
    for await (const frame of zstdFrames(path)) yield { ...frame, decompressor: createZstdDecompress(CHUNK) };
}

/**
 * Decompresses into another file, as a stream.
 * @param limit Bytes that may come out.
 * @throws UnreadableUpload when the stream is broken, cut short, or larger than the limit.
 */
export async function decompress(
  from: string,
  to: string,
  compression: Compression,
  limit: number,
): Promise<void> {
  let bytes = 0;
  const ceiling = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length;
        if (bytes > limit) done(tooLarge(limit));
        else done(null, chunk);
      },
    });
  try {
    await writeFile(to, '');
    for await (const { decompressor, ...range } of sectionsOf(from, compression)) {
      const source = createReadStream(from, { ...range, highWaterMark: 1 << 20 });
      await pipeline(source, decompressor, ceiling(), createWriteStream(to, { flags: 'a' }));
    }
  } catch (error) {
    // A full disk is this machine's failure, not the file's.
    if (error instanceof UnreadableUpload || (error instanceof Error && 'syscall' in error)) throw error;
    throw new UnreadableUpload(
      fileViolation(
        'file.compression',
        `a complete ${compression} file`,
        `${compression} data that breaks after ${bytes} decompressed bytes (${messageOf(error)})`,
        'The file was probably cut short on its way. Compress and upload it again.',
      ),
      { cause: error },
    );
  }
}

const tooLarge = (limit: number): UnreadableUpload =>
  new UnreadableUpload(
    fileViolation(
      'file.size',
      `at most ${limit} bytes after decompression`,
      'more than that; decompression was stopped',
      'If the file is genuine, split it and upload the pieces one by one.',
    ),
  );
