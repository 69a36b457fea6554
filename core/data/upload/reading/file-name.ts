export type Format = 'delimited' | 'json-lines' | 'parquet';
export type Compression = 'gzip' | 'zstd';

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['csv', 'delimited'],
  ['tsv', 'delimited'],
  ['tab', 'delimited'],
  ['txt', 'delimited'],
  ['jsonl', 'json-lines'],
  ['ndjson', 'json-lines'],
  ['json', 'json-lines'],
  ['parquet', 'parquet'],
  ['pq', 'parquet'],
]);

const COMPRESSIONS: ReadonlyMap<string, Compression> = new Map([
  ['gz', 'gzip'],
  ['gzip', 'gzip'],
  ['zst', 'zstd'],
  ['zstd', 'zstd'],
]);

/** What the name of a file promises of its content. */
export interface NamePromise {
  readonly format: Format | undefined;
  readonly compression: Compression | undefined;
}

export function promiseOf(file: string): NamePromise {
  const extensions = file.toLowerCase().split('.').slice(1);
  const compression = COMPRESSIONS.get(extensions.at(-1) ?? '');
  return { compression, format: FORMATS.get(extensions.at(compression === undefined ? -1 : -2) ?? '') };
}
