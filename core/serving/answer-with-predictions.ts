import type { DuckDBConnection } from '@duckdb/node-api';
import { currentParts } from '../data/accepted-parts.ts';
import { readColumns } from '../data/dataset/read-examples.ts';
import { withDuckDb } from '../data/duckdb.ts';
import { type Relations, ROWS } from '../data/features/examples-query.ts';
import { createFeatures, neededColumns, REQUEST_ROW } from '../data/features/request-query.ts';
import { parquetRows } from '../data/parquet-rows.ts';
import { identifier } from '../data/quote.ts';
import { SQL_TYPES } from '../data/upload/contract/sql-types.ts';
import type { TabularVersion } from '../registry/versions.ts';
import type { TableSpec } from '../spec/schema.ts';
import { dataKeys } from '../storage/layout.ts';
import { type MaterializedObjects, materializeAll } from '../storage/materialize-all.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { DatasetError, PredictionError } from '../telemetry/errors.ts';
import {
  type LoadedPredictor,
  loadPredictor,
  type PredictorArtifact,
} from '../training/tabular/predictor-artifact.ts';
import { answerRequest } from './answer-request.ts';
import { answerColumns, createPredictions } from './prediction-table.ts';
import { asPredictionError, type RequestRows } from './request-rows.ts';

interface Stores {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
}

/**
 * Answers a request with what a version predicts for each row: rows of the base table, without what is predicted. The
 * other tables are those accepted by now; features come from the SQL that the version was trained with.
 * @returns Keys of the answer.
 * @throws PredictionError when the request cannot be read, lacks columns, or its features cannot be computed.
 */
export async function answerWithPredictions(
  { data, models }: Stores,
  version: TabularVersion,
  key: string,
): Promise<string[]> {
  const model = await loadPredictor(models, version.model, version.run);
  const { section } = model.artifact;
  const contract = section.tables[section.examples.base];
  if (contract === undefined) throw new TypeError(`The section has no table "${section.examples.base}"`);
  await using tables = await joinedTables(data, version.model, model.artifact);
  return await answerRequest(
    { data, version, key },
    {
      contract,
      needed: await withDuckDb({ paths: [] }, connection => neededColumns(connection, section)),
      added: answerColumns(model.artifact).map(({ name }) => name),
      paths: tables.paths,
      createAnswer: (connection, rows) =>
        asPredictionError(() =>
          createAnswer(connection, model, { contract, rows, tables: tables.relations }),
        ),
    },
  );
}

/** The accepted parts of each joined table. */
async function joinedTables(
  data: ObjectStore,
  model: string,
  { section: { examples, tables } }: PredictorArtifact,
): Promise<MaterializedObjects & { readonly relations: Relations }> {
  const parts: { readonly table: string; readonly key: string }[] = [];
  for (const table of new Set(examples.joins.map(join => join.table))) {
    const current = await currentParts(data, { name: model, tables }, table);
    if (current.length === 0) {
      throw new PredictionError(
        `Table ${table} of ${model} has no accepted data, and features need it. Upload a file of it first.`,
      );
    }
    for (const { part } of current) parts.push({ table, key: dataKeys.acceptedPart(model, table, part) });
  }
  const files = await materializeAll(
    data,
    parts.map(({ key }) => key),
  );
  const relations = new Map<string, string>();
  for (const { table } of parts) {
    relations.set(table, parquetRows(files.paths.filter((_, i) => parts[i]?.table === table)));
  }
  return {
    paths: files.paths,
    relations: Object.fromEntries(relations),
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}

async function createAnswer(
  connection: DuckDBConnection,
  { artifact, predictor }: LoadedPredictor,
  request: { readonly contract: TableSpec; readonly rows: RequestRows; readonly tables: Relations },
): Promise<void> {
  const { columns, select, typed } = request.rows;
  await connection.run(`CREATE TEMP TABLE request AS ${select}`);
  const counted = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM request');
  const rows = Number(counted.getRowsJS()[0]?.[0]);
  const base = Object.entries(request.contract.columns).map(
    ([name, { type }]) => `CAST(${typed(name)} AS ${SQL_TYPES[type]}) AS ${identifier(name)}`,
  );
  const asked = `(SELECT ${[...base, `o AS ${identifier(REQUEST_ROW)}`].join(', ')} FROM request)`;
  try {
    await createFeatures(
      connection,
      artifact.section,
      { ...request.tables, [ROWS]: asked },
      artifact.features,
    );
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    throw new PredictionError(error.message, { cause: error });
  }
  const ordered = `(FROM features ORDER BY ${identifier(REQUEST_ROW)})`;
  const features = await readColumns(connection, ordered, rows, artifact.features);
  await createPredictions(connection, artifact, predictor.predict(features, rows), rows);
  const own = columns.map(({ name, sql }) => `r.${sql} AS ${identifier(name)}`);
  const added = answerColumns(artifact).map(({ name, sql }) => `${sql} AS ${identifier(name)}`);
  await connection.run(`
    CREATE TEMP TABLE answer AS
    SELECT ${[...own, ...added].join(', ')} FROM request AS r JOIN predictions AS p ON p.o = r.o ORDER BY r.o
  `);
}
