import { readHead } from './read-bytes.ts';

/** What the first bytes of a file say; its name is only ever a hint. */
export type Signature = 'gzip' | 'zstd' | 'parquet' | 'zip' | 'excel' | 'empty' | 'text';

const SIGNATURES: readonly (readonly [Signature, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['parquet', [0x50, 0x41, 0x52, 0x31]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['excel', [0xd0, 0xcf, 0x11, 0xe0]],
];

export async function sniff(path: string): Promise<Signature> {
  const head = await readHead(path, 8);
  if (head.length === 0) return 'empty';
  return SIGNATURES.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0] ?? 'text';
}
