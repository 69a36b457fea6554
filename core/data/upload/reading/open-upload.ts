import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReadOptions, TableSpec } from '../../../spec/schema.ts';
import { fileViolation, UnreadableUpload, type Violation } from '../verdict.ts';
import { decompress } from './decompress.ts';
import { delimitedSource } from './delimited.ts';
import { type Compression, type Format, promiseOf } from './file-name.ts';
import { jsonLinesSource, UNIT_SEPARATOR } from './json-lines.ts';
import { parquetSource } from './parquet.ts';
import { readBytes } from './read-bytes.ts';
import { type Signature, sniff } from './sniff.ts';
import type { Source } from './source.ts';
import { textRecords } from './text-source.ts';
import { type Utf8Text, utf8Text } from './transcode.ts';

export interface OpenedUpload {
  /** The one file that DuckDB has to reach. */
  readonly path: string;
  readonly source: (connection: DuckDBConnection) => Promise<Source>;
  readonly warnings: Violation[];
}

/**
 * Finds out what a file is, from its bytes, and makes it readable for DuckDB.
 * @param file Its name, which only serves to say that it promises something else.
 * @param workspace Directory for decompressed and cleaned copies.
 * @param limit Largest size after decompression, in bytes.
 * @param thorough Whether malformed records are found beforehand; where not, DuckDB may fail on them.
 * @throws UnreadableUpload with the reason.
 */
export async function openUpload(
  path: string,
  file: string,
  workspace: string,
  contract: TableSpec,
  limit: number,
  thorough = true,
): Promise<OpenedUpload> {
  const read = contract.read ?? AS_DETECTED;
  const outer = await sniff(path);
  const compression = outer === 'gzip' || outer === 'zstd' ? outer : undefined;
  const plain = compression === undefined ? path : join(workspace, 'plain');
  if (compression !== undefined) await decompress(path, plain, compression, limit);
  const inner = compression === undefined ? outer : await sniff(plain);
  if (inner === 'parquet') {
    const warnings = nameWarnings(file, 'parquet', compression);
    return {
      path: plain,
      source: connection => parquetSource(connection, plain, Object.keys(contract.columns), read),
      warnings,
    };
  }
  if (inner !== 'text') throw new UnreadableUpload(refusal(inner));
  const text = await utf8Text(plain, join(workspace, 'utf8'), read.encoding);
  const format = await textFormat(text, file);
  const warnings = nameWarnings(file, format, compression);
  if (format === 'json-lines') {
    const dialect = { delimiter: UNIT_SEPARATOR, fields: 1, quotes: false, blankRecords: false };
    const records = await textRecords(text, dialect, false, workspace, thorough);
    return {
      path: records.path,
      source: connection => jsonLinesSource(connection, records, contract.columns, read),
      warnings,
    };
  }
  const source = await delimitedSource(text, Object.keys(contract.columns), read, workspace, thorough);
  return { path: source.path, source: async () => source, warnings };
}

const AS_DETECTED: ReadOptions = { ambiguous: 'error' };

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
    archive: 'a file that is compressed in another way (xz, bzip2 or 7-Zip)',
    zip: 'a ZIP archive or an Excel workbook (.xlsx)',
    excel: 'an old Excel workbook (.xls)',
  }[signature];
  return fileViolation('file.format', ALLOWED, found, 'Export the table as CSV or Parquet.');
}

/** Enough of a text to tell objects from delimited values. */
const HEAD = 1 << 16;

async function textFormat(text: Utf8Text, file: string): Promise<'delimited' | 'json-lines'> {
  const head = (await readBytes(text.path, text.start, HEAD)).toString('utf8').trimStart();
  if (head === '')
    throw new UnreadableUpload({ ...refusal('empty'), found: 'a file of nothing but blank lines' });
  const promised = promiseOf(file).format;
  if (head.startsWith('{') && (promised === 'json-lines' || isJsonObject(head.split(/[\r\n]/, 1)[0] ?? ''))) {
    return 'json-lines';
  }
  if (promised !== 'json-lines') return 'delimited';
  throw new UnreadableUpload(
    fileViolation(
      'file.format',
      'one JSON object per line, as the name of the file says',
      head.startsWith('[') ? 'a JSON array' : `text that starts with "${head.slice(0, 40)}"`,
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
function nameWarnings(file: string, format: Format, compression: Compression | undefined): Violation[] {
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
