import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { messageOf, TrainingError } from '../../telemetry/errors.ts';

const BLOCK = 512;

/** Types of tar entries. */
const TYPE = { file: '0', oldFile: '\0', longName: 'L', extended: 'x' } as const;

/** An archive that unpacks to more is refused: some bytes can unpack to no end. */
const MOST_UNPACKED = 4 * 2 ** 30;

/** Names and sizes in an archive are never longer. */
const LONGEST_DESCRIPTION = 1 << 20;

/** Names that a message lists. */
const MOST_NAMES = 10;

/**
 * One file out of a `.tar.gz`, by its name at the top of the archive. Nothing is written to disk and no name of the
 * archive becomes a path, so it does not matter what the others are called. Of several files of the name the last one
 * counts, as when an archive is unpacked.
 *
 * Source: POSIX.1-2001 (pax interchange format, ustar) and the long names of GNU tar.
 *
 * @param path The archive, on this machine.
 * @param largest Bytes that the file may have.
 * @throws TrainingError when there is no such file, or the bytes are no whole archive.
 */
export async function readFromArchive(path: string, name: string, largest: number): Promise<Buffer> {
  let found: Buffer | undefined;
  const names: string[] = [];
  const read = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    const bytes = new ByteSource(chunks);
    for (let entry = await nextEntry(bytes); entry !== undefined; entry = await nextEntry(bytes)) {
      const isWanted = entry.name.replace(/^(\.\/)+/, '') === name;
      const isFile = entry.type === TYPE.file || entry.type === TYPE.oldFile;
      if (isFile && names.length < MOST_NAMES) names.push(entry.name);
      if (isWanted && !isFile) {
        throw new TrainingError(`${name} in model.tar.gz is no file but a link or folder.`);
      }
      if (isWanted && entry.size > largest) {
        throw new TrainingError(
          `${name} in model.tar.gz has ${entry.size} bytes; at most ${largest} can be served.`,
        );
      }
      if (isWanted) found = await bytes.take(entry.size);
      else await bytes.skip(entry.size);
      await bytes.skip(padding(entry.size));
    }
    // To the end of the stream, whose check sum tells whether all of it was right.
    await bytes.drain();
  };
  try {
    await pipeline(createReadStream(path), createGunzip(), read);
  } catch (error) {
    if (error instanceof TrainingError) throw error;
    throw new TrainingError(`model.tar.gz is no archive, or is not whole: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (found !== undefined) return found;
  const left = names.length === 0 ? 'it left no file' : `it left ${names.map(quoted).join(', ')}`;
  throw new TrainingError(`The script left no ${name} in its model directory (${left}).`);
}

/** A name from an archive as a message may show it. */
const quoted = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** The next entry that is more than a description of another one; undefined at the end of the archive. */
async function nextEntry(bytes: ByteSource): Promise<Entry | undefined> {
  let described: { readonly name?: string; readonly size?: number } = {};
  for (;;) {
    const header = await bytes.takeIfAny(BLOCK);
    if (header === undefined || header.every(byte => byte === 0)) return undefined;
    const entry = parseHeader(header);
    if (entry.type !== TYPE.longName && entry.type !== TYPE.extended) return { ...entry, ...described };
    if (entry.size > LONGEST_DESCRIPTION) throw new Error(`a name of ${entry.size} bytes`);
    const text = (await bytes.take(entry.size)).toString();
    await bytes.skip(padding(entry.size));
    described =
      entry.type === TYPE.longName
        ? { ...described, name: text.replace(/\0.*$/s, '') }
        : { ...described, ...parseExtended(text) };
  }
}

function parseHeader(header: Buffer): Entry {
  const text = (from: number, to: number): string => header.toString('utf8', from, to).replace(/\0.*$/s, '');
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (Number.parseInt(text(148, 156), 8) !== sum) throw new Error('an entry has a wrong check sum');
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : '';
  const name = text(0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: parseSize(header.subarray(124, 136)),
    type: header.toString('latin1', 156, 157),
  };
}

/** Octal digits; or, behind a set first bit, a binary number. */
function parseSize(field: Buffer): number {
  const size =
    (field[0] ?? 0) & 0x80
      ? field.subarray(1).reduce((total, byte) => total * 256 + byte, 0)
      : Number.parseInt(field.toString('latin1').replace(/\0.*$/s, '').trim() || '0', 8);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('an entry has no size');
  return size;
}

/** What pax headers say of the next entry: lines of `<length> <key>=<value>`. */
function parseExtended(text: string): { readonly name?: string; readonly size?: number } {
  const values = new Map(
    [...text.matchAll(/\d+ (\w+)=([^\n]*)\n/g)].map(([, key, value]) => [key ?? '', value ?? '']),
  );
  const name = values.get('path');
  const size = values.get('size');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw new Error('an entry has no size');
  return { ...(name !== undefined && { name }), ...(size !== undefined && { size: Number(size) }) };
}

/** Bytes that come in chunks, taken in pieces of any length. Throws an Error when there are too few, or too many in all. */
class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  #unpacked = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, or undefined at the end. */
  async takeIfAny(count: number): Promise<Buffer | undefined> {
    return (await this.#fill()) ? await this.take(count) : undefined;
  }

  async take(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    await this.#consume(count, piece => pieces.push(piece));
    return Buffer.concat(pieces);
  }

  skip(count: number): Promise<void> {
    return this.#consume(count, () => 0);
  }

  /** Reads to the end. */
  async drain(): Promise<void> {
    while (await this.#fill()) this.#rest = Buffer.alloc(0);
  }

  async #consume(count: number, use: (piece: Buffer) => void): Promise<void> {
    for (let missing = count; missing > 0; ) {
      if (!(await this.#fill())) throw new Error('it ends in the middle of an entry');
      const piece = this.#rest.subarray(0, missing);
      use(piece);
      this.#rest = this.#rest.subarray(piece.length);
      missing -= piece.length;
    }
  }

  /** Whether there are bytes at hand. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      this.#unpacked += value.length;
      if (this.#unpacked > MOST_UNPACKED) throw new Error(`it unpacks to more than ${MOST_UNPACKED} bytes`);
      this.#rest = value;
    }
    return true;
  }
}
