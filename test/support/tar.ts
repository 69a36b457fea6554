import { gzipSync } from 'node:zlib';

const BLOCK = 512;

export interface TarEntry {
  readonly name: string;
  readonly content?: string | Buffer;
  /** One character; a file by default. */
  readonly type?: string;
  /** Folders before the name, in the field that ustar has for them. */
  readonly prefix?: string;
  /** Claims another size than that of the content. */
  readonly size?: number;
}

/** The blocks of one entry. */
export function tarEntry({ name, content = '', type = '0', prefix = '', size }: TarEntry): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write('0000644', 100);
  header.write((size ?? body.length).toString(8).padStart(11, '0'), 124);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}

/** An archive as a program could have made it. */
export const tarGz = (...entries: readonly TarEntry[]): Buffer =>
  gzipSync(Buffer.concat([...entries.map(tarEntry), Buffer.alloc(2 * BLOCK)]));
