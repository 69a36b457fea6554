import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { typedRows } from '../data/upload/contract/typed-rows.ts';
import { DECOMPRESSED_LIMIT } from '../data/upload/reading/decompress.ts';
import { type OpenedUpload, openUpload } from '../data/upload/reading/open-upload.ts';
import { sniff } from '../data/upload/reading/sniff.ts';
import type { Source } from '../data/upload/reading/source.ts';
import { UnreadableUpload, type Violation } from '../data/upload/verdict.ts';
import type { ColumnType, ReadOptions } from '../spec/schema.ts';
import { InferenceError } from '../telemetry/errors.ts';
import { contractOf, tryTypes } from './column-types.ts';
import { copyRows, firstRows, recognisedEncoding } from './file-rows.ts';
import { shown } from './names.ts';
import { findReadStyle } from './read-style.ts';

/** A sample file, and the table that it is taken for. */
export interface SampleFile {
  readonly table: string;
  /** Name without its folder. */
  readonly file: string;
  readonly path: string;
}

/** A table as its sample shows it. */
export interface Sample extends SampleFile {
  readonly rows: number;
  /** Whether the file has more rows than were looked at. */
  readonly more: boolean;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly why: string }[];
  /** Columns that the contract cannot have, with the reason. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Options that the reader needs for this file, with the reasons. */
  readonly read: Readonly<Partial<ReadOptions>>;
  readonly readWhy: Readonly<Partial<Record<keyof ReadOptions, string>>>;
  /** Parquet file of the rows looked at, in the contract's types, as accepted parts have them. */
  readonly data: string;
}

/** A sample whose first part, which needs no database, is done. */
export interface OpenedSample extends SampleFile {
  readonly folder: string;
  readonly opened: OpenedUpload;
}

/** A sample whose first part, which needs no database, is done. */
export interface OpenedSample extends SampleFile {
  readonly folder: string;
  readonly opened: OpenedUpload;
}

/**
 * Opens a sample as an upload is opened.
 * @param folder A new directory for its copies.
 * @throws InferenceError when it cannot be read.
 */
export async function openSample(sample: SampleFile, folder: string): Promise<OpenedSample> {
  await mkdir(folder, { recursive: true });
  return { ...sample, folder, opened: await openAs(sample, folder, []) };
}

const openAs = ({ path, file }: SampleFile, folder: string, types: Types): Promise<OpenedUpload> =>
  readable(path, () => openUpload(path, file, folder, contractOf(types), DECOMPRESSED_LIMIT));

type Types = readonly (readonly [string, ColumnType])[];

/**
 * Reads an opened sample.
 * @throws InferenceError when it cannot be read, or has no rows or no columns.
 */
export async function readSample(connection: DuckDBConnection, sample: OpenedSample): Promise<Sample> {
  const { table, file, path, folder, opened } = sample;
  const sourceOf = ({ source }: OpenedUpload): Promise<Source> => readable(path, () => source(connection));
  let source = await sourceOf(opened);
  // JSON Lines are read by the names that a contract asks for, and have no header: the first reading finds the names.
  const jsonLines = source.line !== undefined;
  if (jsonLines) {
    source = await sourceOf(
      await openAs(
        sample,
        folder,
        source.columns.map(({ name }) => [name, 'integer']),
      ),
    );
  }
  const [flaw] = source.reasons;
  if (flaw !== undefined) throw new InferenceError(sentence(path, flaw));

  const rows = await copyRows(connection, source, folder);
  if (rows.count === 0)
    throw new InferenceError(`${path}: no rows below the header; a sample with rows is needed.`);
  const leftOut = unusable(
    source.columns.map(({ name }) => name),
    rows.nested,
  );
  const columns = rows.source.columns.filter(({ name }) => !leftOut.has(name));
  const typedFile = (await sniff(opened.path)) === 'parquet';
  const style = await findReadStyle(connection, { ...rows.source, columns }, typedFile);
  for (const { name, type } of columns) {
    if (!style.types.has(name)) leftOut.set(name, `the file stores ${type.slice(0, 40)}, which no type fits`);
  }
  if (jsonLines) {
    const types = [...style.types].map(([name, { type }]): [string, ColumnType] => [name, type]);
    const typed = { ...(await sourceOf(await openAs(sample, folder, types))), read: style.read };
    for (const [name, { bad }] of await tryTypes(connection, firstRows(typed), types, true)) {
      if (bad > 0) leftOut.set(name, 'it mixes text with numbers that have a fraction');
    }
  }
  const typed = columns.flatMap(({ name }) => {
    const type = style.types.get(name);
    return type === undefined || leftOut.has(name) ? [] : [{ name, ...type }];
  });
  if (typed.length === 0)
    throw new InferenceError(`${path}: there is no column that a contract can describe.`);
  const data = join(folder, 'typed.parquet');
  await writeTyped(
    connection,
    { ...rows.source, read: style.read },
    typed.map(({ name, type }) => [name, type]),
    data,
  );

  const encoding = await recognisedEncoding(path, opened);
  const { ambiguous: _, ...read } = style.read;
  return {
    ...{ table, file, path, rows: rows.count, more: rows.more, columns: typed, data },
    leftOut: [...leftOut].map(([name, why]) => ({ name, why })),
    read: { ...(encoding && { encoding }), ...read },
    readWhy: {
      ...(encoding && { encoding: 'as the bytes look; remove this when the exports become UTF-8' }),
      ...style.why,
    },
  };
}

async function readable<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof UnreadableUpload)) throw error;
    throw new InferenceError(sentence(path, error.violation), { cause: error });
  }
}

const sentence = (path: string, { found, expected, advice }: Violation): string =>
  `${path}: found ${found}; needed: ${expected}. ${advice}`;

/** Columns that a contract cannot name, with the reasons. */
function unusable(names: readonly string[], nested: readonly string[]): Map<string, string> {
  const reasons = new Map<string, string>();
  const seen = new Map<string, string>();
  for (const name of names) {
    // SQL does not tell upper case from lower.
    const twin = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (name === '') reasons.set(name, 'it has no name');
    else if (name.length > 255) reasons.set(name, 'its name is longer than 255 characters');
    else if (name === '__proto__') reasons.set(name, 'its name is reserved');
    else if (twin !== undefined) reasons.set(name, `its name differs from ${shown(twin)} only in case`);
    else if (nested.includes(name)) reasons.set(name, 'it holds lists or objects');
  }
  return reasons;
}

async function writeTyped(
  connection: DuckDBConnection,
  source: Source,
  types: Types,
  to: string,
): Promise<void> {
  const { rows } = typedRows(contractOf(types), source);
  const select = rows.columns.map(({ name, value }) => `${value} AS ${identifier(name)}`);
  await connection.run(
    `COPY (SELECT ${select.join(', ')} FROM (${rows.select()})) TO ${literal(to)} (FORMAT parquet)`,
  );
}
