import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { messageOf } from '../../../telemetry/errors.ts';
import { fileViolation, UnreadableUpload } from '../verdict.ts';
import type { Compression } from './file-name.ts';

/** Largest size of a decompressed file: a bomb must end before the disk does. */
export const DECOMPRESSED_LIMIT = 4 * 1024 ** 3;

const DECOMPRESSORS: Readonly<Record<Compression, (options: { chunkSize: number }) => Transform>> = {
  gzip: createGunzip,
  zstd: createZstdDecompress,
};

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
  const ceiling = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > limit) done(tooLarge(limit));
      else done(null, chunk);
    },
  });
  try {
    const source = createReadStream(from, { highWaterMark: 1 << 20 });
    await pipeline(
      source,
      DECOMPRESSORS[compression]({ chunkSize: 1 << 20 }),
      ceiling,
      createWriteStream(to),
    );
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
