import { type FileHandle, open } from 'node:fs/promises';

/** Where a frame with data begins in a file, and its last byte. */
interface ZstdFrame {
  readonly start: number;
  readonly end: number;
}

const FRAME = 0xfd2fb528;
/** The sixteen numbers of frames that hold no data of the file. */
const isSkippable = (magic: number): boolean => magic >>> 4 === 0x184d2a5;

/** Programs that compress in parallel write a frame for every few hundred kilobytes; a bomb would be of empty ones. */
const MOST_FRAMES = 100_000;

/**
 * The frames of a Zstandard file, one after the other: the decompressor of Node ends with the first one, and would lose
 * the others without a word.
 *
 * Source: RFC 8878, "Zstandard Compression and the 'application/zstd' Media Type", section 3.1.
 * @throws Error when the file has something else between its frames, or ends within one.
 */
export async function* zstdFrames(path: string): AsyncIterable<ZstdFrame> {
  await using file = await open(path);
  const { size } = await file.stat();
  let start = 0;
  for (let frames = 0; start < size; frames++) {
    if (frames === MOST_FRAMES) throw new Error(`more than ${MOST_FRAMES} frames`);
    const magic = (await bytesAt(file, start, 4)).readUInt32LE();
    if (isSkippable(magic)) {
      start += 8 + (await bytesAt(file, start + 4, 4)).readUInt32LE();
      if (start > size) throw cutShort();
      continue;
    }
    if (magic !== FRAME) throw new Error(`something else than a frame at byte ${start}`);
    const next = await endOfFrame(file, start);
    if (next > size) throw cutShort();
    yield { start, end: next - 1 };
    start = next;
  }
}

/** The first byte after a frame: its header says how long it is itself, and each block how long that is. */
async function endOfFrame(file: FileHandle, start: number): Promise<number> {
  const [descriptor = 0] = await bytesAt(file, start + 4, 1);
  const singleSegment = (descriptor & 0x20) !== 0;
  const checksum = (descriptor & 0x04) !== 0 ? 4 : 0;
  const window = singleSegment ? 0 : 1;
  const dictionary = [0, 1, 2, 4][descriptor & 0x03] ?? 0;
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  let at = start + 5 + window + dictionary + contentSize;
  for (;;) {
    const header = (await bytesAt(file, at, 3)).readUIntLE(0, 3);
    // Of a block of one repeated byte, the size is how often it is repeated.
    const isRepeated = ((header >>> 1) & 0x03) === 1;
    at += 3 + (isRepeated ? 1 : header >>> 3);
    if ((header & 1) === 1) return at + checksum;
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw cutShort();
  return buffer;
}

const cutShort = (): Error => new Error('unexpected end of file');
