import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../data/quote.ts';
import { detectEncoding, type Encoding, firstInvalidUtf8 } from '../data/upload/reading/encoding.ts';
import type { OpenedUpload } from '../data/upload/reading/open-upload.ts';
import type { Source } from '../data/upload/reading/source.ts';

/** Rows from the start of a file that are looked at. */
export const MOST_ROWS = 2_000_000;

/** The first rows of a file as it has them, in a copy that DuckDB scans quickly and as often as is needed. */
export interface FileRows {
  /** As `typedRows` takes it. */
  readonly source: Source;
  readonly count: number;
  /** Whether the file has more rows than were looked at. */
  readonly more: boolean;
  /** Columns with lists or objects, which no contract can describe. */
  readonly nested: readonly string[];
}

/** Copies the first rows of a file into `folder`. */
export async function copyRows(
  connection: DuckDBConnection,
  source: Source,
  folder: string,
): Promise<FileRows> {
  const copy = join(folder, 'rows.parquet');
  const columns = source.columns.map(({ sql }, i) => `${sql} AS c${i}`);
  const shapes = source.columns.map(({ misshapen = 'false' }, i) => `coalesce(${misshapen}, false) AS m${i}`);
  await connection.run(`
    COPY (SELECT ${[...columns, ...shapes].join(', ')} FROM ${source.from} LIMIT ${MOST_ROWS + 1})
    TO ${literal(copy)} (FORMAT parquet)
  `);
  const from = `read_parquet(${literal(copy)})`;
  const flags = source.columns.map((_, i) => `coalesce(bool_or(m${i}), false) AS m${i}`);
  const found = await connection.runAndReadAll(
    `SELECT count(*)::INTEGER AS n, ${flags.join(', ')} FROM ${from}`,
  );
  const facts = found.getRowObjectsJS()[0] ?? {};
  const counted = Number(facts.n);
  return {
    source: firstRows({
      records: undefined,
      ...{ from, read: source.read, malformed: 0, reasons: [], warnings: [], rowNumbers: source.rowNumbers },
      columns: source.columns.map(({ name, type }, i) => ({ name, type, sql: `c${i}` })),
    }),
    count: Math.min(counted, MOST_ROWS),
    more: counted > MOST_ROWS,
    nested: source.columns.filter((_, i) => facts[`m${i}`] === true).map(({ name }) => name),
  };
}

/** The first rows of a source; those that are looked at unless fewer are asked for. */
export const firstRows = (source: Source, rows = MOST_ROWS): Source => ({
  ...source,
  from: `(SELECT * FROM ${source.from} LIMIT ${rows})`,
});

/** The first few rows: enough to rule most readings out before all rows are read. */
export const probe = (source: Source): Source => firstRows(source, 5000);

/** The encoding that a text had to be recognised as; undefined for UTF-8, for a byte order mark, and for no text. */
export async function recognisedEncoding(path: string, opened: OpenedUpload): Promise<Encoding | undefined> {
  // A text in another encoding was copied to be read.
  if (opened.path === path || (await firstInvalidUtf8(path)) === undefined) return undefined;
  return await detectEncoding(path);
}
