import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../data/quote.ts';
import { type TypedColumn, typedRows } from '../data/upload/contract/typed-rows.ts';
import { openUpload } from '../data/upload/reading/open-upload.ts';
import { plainSentence } from '../data/upload/reading/plain-sentence.ts';
import type { Source } from '../data/upload/reading/source.ts';
import { UnreadableUpload, type Violation } from '../data/upload/verdict.ts';
import type { TableSpec } from '../spec/schema.ts';
import { messageOf, PredictionError } from '../telemetry/errors.ts';

/** Largest request after decompression, in bytes: an answer is several times as large. */
const LARGEST_REQUEST = 1024 ** 3;

/** The rows of a request file. */
export interface RequestRows {
  /** The file's own columns, in its order, with the SQL names of their values in `select`. */
  readonly columns: readonly { readonly name: string; readonly sql: string }[];
  /** A query: the file's columns, its typed values, and `o`, the number of the row. */
  readonly select: string;
  /** SQL name of a column of the contract as its type; NULL where the text is no such value. */
  readonly typed: (column: string) => string;
  /** SQL text that says what is wrong with a row's value of a column of the contract; NULL where nothing is. */
  readonly wrong: (column: string) => string;
}

export interface OpenedRequest {
  /** The one file that DuckDB has to reach. */
  readonly path: string;
  readonly rows: (connection: DuckDBConnection) => Promise<RequestRows>;
}

/**
 * Opens a request the way uploads are read, so that whatever can be uploaded can be asked as well.
 * @param contract Columns that it may have, and how it writes them.
 * @param needed Those of them that it must have.
 * @throws PredictionError, here and from `rows`, when the file cannot be read whole or lacks a column.
 */
export async function openRequest(
  path: string,
  file: string,
  workspace: string,
  contract: TableSpec,
  needed: readonly string[] = Object.keys(contract.columns),
): Promise<OpenedRequest> {
  const opened = await asPredictionError(() => openUpload(path, file, workspace, contract, LARGEST_REQUEST));
  return {
    path: opened.path,
    rows: connection =>
      asPredictionError(async () => {
        const source = await opened.source(connection);
        const { rows, reasons } = typedRows(narrowed(contract, source, needed), source);
        const [problem] = [...source.reasons, ...reasons];
        if (problem !== undefined) throw new PredictionError(sentenceOf(problem));
        const originals = source.columns.map(({ sql }, i) => `${sql} AS q${i}`);
        return {
          columns: source.columns.map(({ name }, i) => ({ name, sql: `q${i}` })),
          select: rows.select(['row_number() OVER () AS o', ...originals].join(', ')),
          typed: name => rows.columns.find(column => column.name === name)?.value ?? 'NULL',
          wrong: name => {
            const column = rows.columns.find(found => found.name === name);
            return column === undefined ? 'NULL' : wrongValue(column);
          },
        };
      }),
  };
}

/** As much of a value as is needed to find it in the file. */
const SHOWN = 40;

const wrongValue = ({ name, raw, value, spec }: TypedColumn): string => `
  CASE WHEN ${raw} IS NOT NULL AND ${value} IS NULL
  THEN ${literal(`the ${name} "`)} || left(${raw}::VARCHAR, ${SHOWN}) || ${literal(`" is no ${spec.type}`)} END`;

/** The contract without the columns that the file neither has nor needs. */
function narrowed(contract: TableSpec, { columns: found }: Source, needed: readonly string[]): TableSpec {
  const names = new Set([...needed, ...found.map(({ name }) => name)]);
  const columns = Object.entries(contract.columns).filter(([name]) => names.has(name));
  return { ...contract, columns: Object.fromEntries(columns) };
}

const sentenceOf = ({ expected, found, advice }: Violation): string =>
  `Expected ${expected}; found ${found}. ${advice}`;

/** What a file makes its readers throw becomes an error of the request; a fault of the machine stays what it is. */
export async function asPredictionError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableUpload)
      throw new PredictionError(sentenceOf(error.violation), { cause: error });
    if (/^(Invalid Input|Conversion|CSV) Error/.test(messageOf(error))) {
      throw new PredictionError(`It cannot be read: ${plainSentence(messageOf(error))}`, { cause: error });
    }
    throw error;
  }
}
