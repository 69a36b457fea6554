import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableSpec } from '../../../spec/schema.ts';
import { fileViolation, UnreadableUpload, type Violation } from '../verdict.ts';
import { DECOMPRESSED_LIMIT, decompress } from './decompress.ts';
import { delimitedSource } from './delimited.ts';
import { jsonLinesSource } from './json-lines.ts';
import { parquetSource } from './parquet.ts';
import { type Format, promiseOf, readHead, type Signature, sniff } from './sniff.ts';
import type { Source } from './source.ts';

export interface OpenedUpload {
  /** The one file that DuckDB has to reach. */
  readonly path: string;
  readonly source: (connection: DuckDBConnection) => Promise<Source>;
  readonly warnings: Violation[];
}

/**
 * Finds out what a file is, from its bytes, and makes it readable for DuckDB.
 * @param file Its name, which only serves to say that it promises something else.
 * @param workspace Directory for what has to be decompressed.
 * @throws UnreadableUpload with the reason.
 */
export async function openUpload(
  path: string,
  file: string,
  workspace: string,
  contract: TableSpec,
): Promise<OpenedUpload> {
  const outer = await sniff(path);
  const compressed = outer === 'gzip' || outer === 'zstd';
  const plain = compressed ? join(workspace, 'plain') : path;
  if (compressed) await decompress(path, plain, outer, DECOMPRESSED_LIMIT);
  const inner = compressed ? await sniff(plain) : outer;
  if (inner !== 'text' && inner !== 'parquet') throw new UnreadableUpload(refusal(inner));
  const format = inner === 'parquet' ? 'parquet' : await textFormat(plain, file);
  const warnings = nameWarnings(file, format, compressed ? outer : undefined);
  const names = Object.keys(contract.columns);
  switch (format) {
    case 'parquet':
      return { path: plain, source: connection => parquetSource(connection, plain), warnings };
    case 'json-lines':
      return { path: plain, source: async () => jsonLinesSource(plain, names), warnings };
    case 'delimited':
      return { path: plain, source: () => delimitedSource(plain, names, contract.read), warnings };
  }
}

const ALLOWED = 'CSV, TSV, JSON Lines or Parquet, plain or compressed with gzip or Zstandard';

function refusal(signature: Exclude<Signature, 'text' | 'parquet'>): Violation {
  if (signature === 'empty') {
    return fileViolation(
      'file.empty',
      ALLOWED,
      'a file without content',
      'Find out why the export wrote nothing.',
    );
  }
  const found = {
    gzip: 'a compressed file within a compressed file',
    zstd: 'a compressed file within a compressed file',
    zip: 'a ZIP archive or an Excel workbook (.xlsx)',
    excel: 'an old Excel workbook (.xls)',
  }[signature];
  return fileViolation('file.format', ALLOWED, found, 'Export the table as CSV or Parquet.');
}

/** Delimited values, or one JSON object per line. */
async function textFormat(path: string, file: string): Promise<'delimited' | 'json-lines'> {
  const start = (await readHead(path, 1 << 16))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  const promised = promiseOf(file).format;
  if (start.startsWith('{') && (promised === 'json-lines' || isJsonObject(start.split('\n', 1)[0] ?? ''))) {
    return 'json-lines';
  }
  if (promised !== 'json-lines') return 'delimited';
  throw new UnreadableUpload(
    fileViolation(
      'file.format',
      'one JSON object per line, as the name of the file says',
      start.startsWith('[') ? 'a JSON array' : `text that starts with "${start.slice(0, 40)}"`,
      'Write one object per line without brackets around them, or name the file after what it is.',
    ),
  );
}

function isJsonObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
}

const NAMES: Readonly<Record<Format, string>> = {
  delimited: 'delimited text',
  'json-lines': 'JSON Lines',
  parquet: 'Parquet',
};

/** The content decides; where the name says something else, the owner is told. */
function nameWarnings(file: string, format: Format, compression: 'gzip' | 'zstd' | undefined): Violation[] {
  const promised = promiseOf(file);
  if (promised.format === format && promised.compression === compression) return [];
  const found = `${NAMES[format]}${compression === undefined ? '' : `, compressed with ${compression}`}`;
  return [
    fileViolation(
      'file.extension',
      'a name that says what the file is, such as .csv, .tsv, .jsonl or .parquet, and .gz or .zst where compressed',
      `${found} in a file named "${file.slice(0, 100)}"; it was read as what it is`,
      'Name the file after its content.',
    ),
  ];
}
