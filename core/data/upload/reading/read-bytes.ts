import { open } from 'node:fs/promises';

/** Bytes of a file from `start` on; fewer where the file ends before. */
export async function readBytes(path: string, start: number, count: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const buffer = Buffer.alloc(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await file.read(buffer, filled, count - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The first bytes of a file. */
export const readHead = (path: string, count: number): Promise<Buffer> => readBytes(path, 0, count);
