import { open } from 'node:fs/promises';

/** Large enough for the speed of native searches, small enough to stay in the processor's cache. */
export const CHUNK = 1 << 20;

/**
 * The bytes of a file, piece by piece, all in one buffer: each piece is overwritten by the next, so that a large file
 * leaves nothing behind in memory. Whoever needs a piece for longer copies it.
 * @param start The first byte to read.
 * @param end The byte to stop before.
 */
export async function* fileChunks(
  path: string,
  start = 0,
  end = Number.POSITIVE_INFINITY,
): AsyncIterable<Buffer> {
  await using file = await open(path, 'r');
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for (let position = start; position < end; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, end - position), position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
