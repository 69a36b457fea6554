import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const BLOCK = 512;

/** More is not packed: a script that fills its model directory shall not fill the disk a second time. */
const MOST_BYTES = 2 * 2 ** 30;

/**
 * Writes the files below a folder as `.tar.gz` (ustar), sorted by name. Links are left out: they could point anywhere.
 * @throws Error when they have more than 2 GiB together, or a name does not fit the format.
 */
export async function packFolder(folder: string, target: string): Promise<void> {
  await pipeline(Readable.from(archive(folder)), createGzip(), createWriteStream(target));
}

async function* archive(folder: string): AsyncIterable<Buffer> {
  let total = 0;
  for await (const name of filesBelow(folder, '')) {
    const path = join(folder, name);
    const { size } = await lstat(path);
    total += size;
    if (total > MOST_BYTES) throw new Error(`the model directory has more than ${MOST_BYTES} bytes`);
    yield header(name, size);
    // Exactly as long as the header says, also when somebody still writes to the file.
    let left = size;
    if (size > 0) {
      for await (const chunk of createReadStream(path, { end: size - 1 })) {
        left -= chunk.length;
        yield chunk;
      }
    }
    yield Buffer.alloc(left + ((BLOCK - (size % BLOCK)) % BLOCK));
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function* filesBelow(folder: string, below: string): AsyncIterable<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(folder, name);
    else if (entry.isFile()) yield name;
  }
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { prefix, name } = splitName(path);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  block.write(name, 0);
  block.write(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  // The time is left at 0, so that equal folders give equal archives.
  block.write(`${octal(size, 11)}\0${octal(0, 11)}\0${' '.repeat(8)}0`, 124);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

/** A name has room for 100 bytes, the folders before it for 155 more. */
function splitName(path: string): { readonly prefix: string; readonly name: string } {
  for (let slash = -1; ; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = slash === -1 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { prefix, name };
    if (path.indexOf('/', slash + 1) === -1) {
      throw new Error(
        `the name of the file ${JSON.stringify(path.slice(0, 80))}… is too long for an archive`,
      );
    }
  }
}
