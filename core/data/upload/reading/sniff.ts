import { open } from 'node:fs/promises';

/** What the first bytes of a file say; the name of a file is only ever a hint. */
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

/** The first bytes of a file; fewer when it is shorter. */
export async function readHead(path: string, bytes: number): Promise<Buffer> {
  await using file = await open(path, 'r');
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

export type Format = 'delimited' | 'json-lines' | 'parquet';

const FORMATS: Readonly<Record<string, Format>> = {
  csv: 'delimited',
  tsv: 'delimited',
  tab: 'delimited',
  txt: 'delimited',
  jsonl: 'json-lines',
  ndjson: 'json-lines',
  json: 'json-lines',
  parquet: 'parquet',
  pq: 'parquet',
};

/** What the name of a file promises. */
export interface NamePromise {
  readonly extension: string;
  readonly format: Format | undefined;
  readonly compression: 'gzip' | 'zstd' | undefined;
}

export function promiseOf(file: string): NamePromise {
  const parts = file.toLowerCase().split('.').slice(1);
  const last = parts.at(-1);
  const compression =
    last === 'gz' || last === 'gzip' ? 'gzip' : last === 'zst' || last === 'zstd' ? 'zstd' : undefined;
  const extension = (compression === undefined ? last : parts.at(-2)) ?? '';
  return {
    extension,
    format: Object.hasOwn(FORMATS, extension) ? FORMATS[extension] : undefined,
    compression,
  };
}
