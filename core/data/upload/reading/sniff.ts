import { readHead } from './read-bytes.ts';

/** What the first bytes of a file say; its name is only ever a hint. */
export type Signature = 'gzip' | 'zstd' | 'parquet' | 'zip' | 'excel' | 'archive' | 'empty' | 'text';

const SIGNATURES: readonly (readonly [Signature, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['parquet', [0x50, 0x41, 0x52, 0x31]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['excel', [0xd0, 0xcf, 0x11, 0xe0]],
  // xz, bzip2 (at the one block size that is in use) and 7-Zip
  ['archive', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['archive', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59]],
  ['archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
];

export async function sniff(path: string): Promise<Signature> {
  const head = await readHead(path, 8);
  if (head.length === 0) return 'empty';
  if (isSkippableFrame(head)) return 'zstd';
  return SIGNATURES.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0] ?? 'text';
}

/**
 * Zstandard data may begin with a frame that has none; programs that compress in parallel write one. The first of its four
 * bytes counts from 0x50 to 0x5f.
 */
const isSkippableFrame = ([first = 0, ...rest]: Buffer): boolean =>
  first >> 4 === 5 && [0x2a, 0x4d, 0x18].every((byte, i) => rest[i] === byte);
