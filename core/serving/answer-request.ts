import { parse } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withDuckDb } from '../data/duckdb.ts';
import type { VersionRecord } from '../registry/versions.ts';
import type { TableSpec } from '../spec/schema.ts';
import { dataKeys, parseRequestKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { scratchFolder } from '../storage/scratch-folder.ts';
import { PredictionError } from '../telemetry/errors.ts';
import { openRequest, type RequestRows } from './request-rows.ts';
import { writeAnswer } from './write-answer.ts';

/** The name that the answer writes: those of the version's own forecast cannot be taken by a request. */
const FORECAST_NAME = 'forecast';

/** How a version answers the rows of a request. */
export interface Answering {
  /** The columns that a request may have, and how it writes them. */
  readonly contract: TableSpec;
  /** Those of them that it must have. */
  readonly needed: readonly string[];
  /** Names of the columns that the answer adds: a request cannot have them. */
  readonly added: readonly string[];
  /** Files that the answer is made from, beside the request. */
  readonly paths: readonly string[];
  /** Makes the table `answer` with the columns of the request under their names, and those that it adds. */
  readonly createAnswer: (connection: DuckDBConnection, request: RequestRows) => Promise<void>;
}

/**
 * Answers a request file: every row of it, in its order and with its columns as they are, beside what the version says.
 * @returns Keys of the answer as Parquet and CSV: predictions/<model>/<version>/<name of the request>.
 * @throws PredictionError when the file cannot be read, or lacks columns.
 */
export async function answerRequest(
  {
    data,
    version,
    key,
  }: {
    readonly data: ObjectStore;
    readonly version: VersionRecord;
    /** `requests/<model>/<file>` */
    readonly key: string;
  },
  answering: Answering,
): Promise<string[]> {
  const name = answerName(key);
  const keys = {
    parquet: dataKeys.predictions(version.model, version.version, `${name}.parquet`),
    csv: dataKeys.predictions(version.model, version.version, `${name}.csv`),
  };
  await using request = await data.materialize(key);
  await using scratch = await scratchFolder('request');
  const folder = scratch.path;
  try {
    const { contract, needed, added, paths, createAnswer } = answering;
    const opened = await openRequest(request.path, parse(key).base, folder, contract, needed);
    await withDuckDb(
      { paths: [opened.path, ...paths, `${folder}/`], threads: 1, workspace: folder },
      async connection => {
        const rows = await opened.rows(connection);
        refuseNames(
          rows.columns.map(({ name }) => name),
          added,
        );
        await createAnswer(connection, rows);
        await writeAnswer(connection, 'answer', { data, keys, folder });
      },
    );
  } catch (error) {
    if (!(error instanceof PredictionError)) throw error;
    throw new PredictionError(`The request ${key} cannot be answered. ${error.message}`, { cause: error });
  }
  return [keys.parquet, keys.csv];
}

/** Name of a request without its extensions, such as `june` of `june.csv.gz`. */
function answerName(key: string): string {
  const file = parseRequestKey(key)?.file;
  const name = file?.replace(
    /(\.(csv|tsv|tab|txt|jsonl|ndjson|json|parquet|pq))?(\.(gz|gzip|zst|zstd))?$/i,
    '',
  );
  if (name === undefined || name === '') {
    throw new PredictionError(
      `"${key}" is no request; requests have keys of the form requests/<model>/<file>.`,
    );
  }
  if (name.toLowerCase() === FORECAST_NAME) {
    throw new PredictionError(
      `A request cannot be named "${name}": its answer would replace the version's forecast.`,
    );
  }
  return name;
}

function refuseNames(names: readonly string[], added: readonly string[]): void {
  const taken = names.filter(name => added.some(reserved => reserved.toLowerCase() === name.toLowerCase()));
  if (taken.length === 0) return;
  throw new PredictionError(
    `It has columns named ${taken.map(name => `"${name}"`).join(', ')}, which the answer adds ` +
      `(${added.join(', ')}). Rename or remove them.`,
  );
}
