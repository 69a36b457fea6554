import type { DuckDBConnection } from '@duckdb/node-api';
import { readColumns } from '../data/dataset/read-examples.ts';
import { withDuckDb } from '../data/duckdb.ts';
import { acceptedRelations } from '../data/features/accepted-relations.ts';
import { type Relations, ROWS } from '../data/features/examples-query.ts';
import { createFeatures, neededColumns, REQUEST_ROW } from '../data/features/request-query.ts';
import { identifier } from '../data/quote.ts';
import { SQL_TYPES } from '../data/upload/contract/sql-types.ts';
import type { TabularVersion } from '../registry/versions.ts';
import { REASON_COLUMN } from '../spec/forecast-columns.ts';
import type { TableSpec } from '../spec/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { DatasetError, PredictionError } from '../telemetry/errors.ts';
import { type LoadedPredictor, loadPredictor } from '../training/tabular/load-predictor.ts';
import { answerRequest } from './answer-request.ts';
import { answerColumns, createPredictions } from './prediction-table.ts';
import { asPredictionError, type RequestRows } from './request-rows.ts';

interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/**
 * Answers a request with what a version predicts for each row: rows of the base table, without what is predicted. The
 * other tables are those accepted by now; features come from the SQL that the version was trained with. A row with a
 * value that features look at and that is not of its column's type has no prediction, and a reason: to take the value
 * for a missing one would be a prediction for another row. A value that is missing is one.
 * @returns Keys of the answer.
 * @throws PredictionError when the request cannot be read, lacks columns, or its features cannot be computed.
 */
export async function answerWithPredictions(
  { data, models }: Stores,
  version: TabularVersion,
  key: string,
): Promise<string[]> {
  await using model = await loadPredictor(models, version.model, version.run);
  const { section } = model.artifact;
  const contract = section.tables[section.examples.base];
  if (contract === undefined) throw new TypeError(`The section has no table "${section.examples.base}"`);
  const joined = section.examples.joins.map(({ table }) => table);
  await using tables = await predictable(() => acceptedRelations(data, version.model, section, joined));
  const needed = await withDuckDb({ paths: [] }, connection => neededColumns(connection, section));
  return await answerRequest(
    { data, version, key },
    {
      ...{ contract, needed },
      added: [...answerColumns(model.artifact).map(({ name }) => name), REASON_COLUMN],
      paths: tables.paths,
      createAnswer: (connection, rows) =>
        asPredictionError(() =>
          createAnswer(connection, model, { contract, needed, rows, tables: tables.relations }),
        ),
    },
  );
}

async function createAnswer(
  connection: DuckDBConnection,
  { artifact, predictor }: LoadedPredictor,
  request: {
    readonly contract: TableSpec;
    readonly needed: readonly string[];
    readonly rows: RequestRows;
    readonly tables: Relations;
  },
): Promise<void> {
  const { columns, select, typed, wrong } = request.rows;
  await connection.run(`CREATE TEMP TABLE request AS ${select}`);
  const counted = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM request');
  const rows = Number(counted.getRowsJS()[0]?.[0]);
  const base = Object.entries(request.contract.columns).map(
    ([name, { type }]) => `CAST(${typed(name)} AS ${SQL_TYPES[type]}) AS ${identifier(name)}`,
  );
  const asked = `(SELECT ${[...base, `o AS ${identifier(REQUEST_ROW)}`].join(', ')} FROM request)`;
  await predictable(() =>
    createFeatures(connection, artifact.section, { ...request.tables, [ROWS]: asked }, artifact.features),
  );
  const ordered = `(FROM features ORDER BY ${identifier(REQUEST_ROW)})`;
  const features = await readColumns(connection, ordered, rows, artifact.features);
  await createPredictions(connection, artifact, await predictor.predict(features, rows), rows);
  const own = columns.map(({ name, sql }) => `r.${sql} AS ${identifier(name)}`);
  const added = answerColumns(artifact).map(
    ({ name, sql }) => `CASE WHEN w.reason IS NULL THEN ${sql} END AS ${identifier(name)}`,
  );
  const reasons = ['NULL', ...request.needed.map(wrong)].join(', ');
  await connection.run(`
    CREATE TEMP TABLE answer AS
    SELECT ${[...own, ...added, `w.reason AS ${REASON_COLUMN}`].join(', ')}
    FROM request AS r JOIN predictions AS p ON p.o = r.o
    JOIN (SELECT o, nullif(concat_ws('; ', ${reasons}), '') AS reason FROM request) AS w ON w.o = r.o
    ORDER BY r.o
  `);
}

/** What is wrong with the data that features are made of is wrong with the request that needs them. */
async function predictable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new PredictionError(error.message, { cause: error });
  }
}
