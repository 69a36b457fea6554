import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withDuckDb } from '../data/duckdb.ts';
import { identifier, literal } from '../data/quote.ts';
import { periodSql, timeOfStep } from '../data/series/grid.ts';
import { readableTime } from '../insights/readable.ts';
import type { VersionRecord } from '../registry/versions.ts';
import { FORECAST_COLUMNS, REASON_COLUMN } from '../spec/forecast-columns.ts';
import type { ForecastingSpec, TableSpec } from '../spec/schema.ts';
import { dataKeys, parseRequestKey } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { PredictionError } from '../telemetry/errors.ts';
import { type Forecast, forecastFrom } from './forecast.ts';
import { createForecastTable } from './forecast-table.ts';
import { asPredictionError, openRequest, type RequestRows } from './request-rows.ts';
import { writeAnswer } from './write-answer.ts';

/** The names that the answer writes: those of the version's own forecast cannot be taken by a request. */
const FORECAST_NAME = 'forecast';

/**
 * Answers a request file: every row of it, in its order and with its columns as they are, beside the forecast and
 * intervals of the series and period that the row names. The time of a row is any moment within a period. A row that
 * cannot be answered (an unknown series, a period before or after the forecast) has no forecast, and a reason; a
 * single such row does not spoil the others.
 * @returns Keys of the answer as Parquet and CSV: predictions/<model>/<version>/<name of the request>.
 * @throws PredictionError when the file cannot be read, or lacks the columns of the series or the time.
 */
export async function answerRequest(o: {
  readonly data: ObjectStore;
  readonly models: ObjectStore;
  readonly spec: ForecastingSpec;
  readonly version: VersionRecord;
  /** `requests/<model>/<file>` */
  readonly key: string;
}): Promise<string[]> {
  const { data, spec, version, key } = o;
  const name = answerName(key);
  const keys = {
    parquet: dataKeys.predictions(spec.name, version.version, `${name}.parquet`),
    csv: dataKeys.predictions(spec.name, version.version, `${name}.csv`),
  };
  await using request = await data.materialize(key);
  const forecast = await forecastFrom(o, version);
  const folder = await mkdtemp(join(tmpdir(), 'antei-request-'));
  try {
    const opened = await openRequest(request.path, parse(key).base, folder, contractOf(spec, forecast));
    await withDuckDb(
      { paths: [opened.path, `${folder}/`], threads: 1, workspace: folder },
      async connection => {
        const rows = await opened.rows(connection);
        await createForecastTable(connection, spec, forecast);
        await asPredictionError(() => createAnswerTable(connection, spec, forecast, rows));
        await writeAnswer(connection, 'answer', { data, keys, folder });
      },
    );
  } catch (error) {
    if (!(error instanceof PredictionError)) throw error;
    throw new PredictionError(`The request ${key} cannot be answered. ${error.message}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
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

/** The part of the table's contract that a request has to meet: how the key and the time are written. */
function contractOf({ tables, series }: ForecastingSpec, { keyColumns }: Forecast): TableSpec {
  const table = tables[series.table];
  if (table === undefined) throw new TypeError(`The spec has no table "${series.table}"`);
  const needed = [...keyColumns, series.time];
  const columns = Object.entries(table.columns).filter(([name]) => needed.includes(name));
  return { ...table, columns: Object.fromEntries(columns) };
}

async function createAnswerTable(
  connection: DuckDBConnection,
  spec: ForecastingSpec,
  forecast: Forecast,
  { columns, select, typed }: RequestRows,
): Promise<void> {
  refuseOwnNames(columns.map(({ name }) => name));
  const time = typed(spec.series.time);
  const matches = (table: string): string =>
    forecast.keyColumns
      .map(name => `${table}.${identifier(name)} IS NOT DISTINCT FROM r.${typed(name)}`)
      .join(' AND ') || 'true';
  const { grid, keyColumns } = forecast;
  const knownColumns = keyColumns.map(identifier).join(', ') || '1';
  const first = timeOfStep(grid, 0);
  const end = timeOfStep(grid, grid.steps);
  const at = (moment: Date): string => `TIMESTAMP ${literal(moment.toISOString().slice(0, -1))}`;
  await connection.run(`
    CREATE TEMP TABLE request AS ${select};
    CREATE TEMP TABLE answer AS
    SELECT ${columns.map(({ name, sql }) => `r.${sql} AS ${identifier(name)}, `).join('')}
      ${FORECAST_COLUMNS.map(name => `f.${name}, `).join('')}
      CASE
        WHEN f.forecast IS NOT NULL THEN NULL
        WHEN r.${time} IS NULL THEN 'the time is missing or cannot be read'
        WHEN k.known IS NULL THEN 'there is no such series in the data of the version'
        WHEN r.${time} < ${at(first)} THEN ${literal(`the forecast starts later, at ${readableTime(first)}`)}
        WHEN r.${time} >= ${at(end)} THEN ${literal(`the forecast ends earlier, at ${readableTime(end)}`)}
        ELSE 'the series has no value to forecast from'
      END AS ${REASON_COLUMN}
    FROM request AS r
    LEFT JOIN (SELECT DISTINCT ${knownColumns}, true AS known FROM forecast) AS k ON ${matches('k')}
    LEFT JOIN forecast AS f ON ${matches('f')}
      AND f.${identifier(spec.series.time)}::TIMESTAMP = ${periodSql(`r.${time}::TIMESTAMP`, grid.every)}
    ORDER BY r.o
  `);
}

function refuseOwnNames(names: readonly string[]): void {
  const own = [...FORECAST_COLUMNS, REASON_COLUMN];
  const taken = names.filter(name => own.some(reserved => reserved === name.toLowerCase()));
  if (taken.length === 0) return;
  throw new PredictionError(
    `It has columns named ${taken.map(name => `"${name}"`).join(', ')}, which the answer adds ` +
      `(${own.join(', ')}). Rename or remove them.`,
  );
}
