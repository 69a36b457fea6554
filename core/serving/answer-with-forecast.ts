import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { periodSql, timeOfStep } from '../data/series/grid.ts';
import { readableTime } from '../insights/readable.ts';
import { FORECAST_COLUMNS, REASON_COLUMN } from '../spec/forecast-columns.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { declaredZone } from '../spec/time-zones.ts';
import type { Answering } from './answer-request.ts';
import type { Forecast } from './forecast.ts';
import { askedContract } from './forecast-record.ts';
import { createForecastTable } from './forecast-table.ts';
import { asPredictionError, type RequestRows } from './request-rows.ts';

/**
 * Answers rows with the forecast and intervals of the series and period that each names. The time of a row is any
 * moment within a period. A row that cannot be answered (an unknown series, a period before or after the forecast) has
 * no forecast, and a reason; a single such row does not spoil the others.
 */
export function answerWithForecast(spec: ForecastingSpec, forecast: Forecast): Answering {
  const contract = askedContract(spec, forecast.keyColumns);
  return {
    contract,
    needed: Object.keys(contract.columns),
    added: [...FORECAST_COLUMNS, REASON_COLUMN],
    paths: [],
    createAnswer: async (connection, rows) => {
      await createForecastTable(connection, spec, forecast);
      await asPredictionError(() => createAnswerTable(connection, spec, forecast, rows));
    },
  };
}

async function createAnswerTable(
  connection: DuckDBConnection,
  spec: ForecastingSpec,
  forecast: Forecast,
  { columns, select, typed }: RequestRows,
): Promise<void> {
  const time = typed(spec.series.time);
  const matches = (table: string): string =>
    forecast.keyColumns
      .map(name => `${table}.${identifier(name)} IS NOT DISTINCT FROM r.${typed(name)}`)
      .join(' AND ') || 'true';
  const { grid, keyColumns } = forecast;
  const period = (moment: string): string => periodSql(`${moment}::TIMESTAMP`, grid.every);
  const knownColumns = keyColumns.map(identifier).join(', ') || '1';
  const first = timeOfStep(grid, 0);
  const end = timeOfStep(grid, grid.steps);
  const zone = declaredZone(spec.tables[spec.series.table], spec.series.time);
  const shown = (moment: Date): string =>
    readableTime(moment, zone) + (zone === undefined ? '' : ` (${zone})`);
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
        WHEN r.${time} < ${at(first)} THEN ${literal(`the forecast starts later, at ${shown(first)}`)}
        WHEN r.${time} >= ${at(end)} THEN ${literal(`the forecast ends earlier, at ${shown(end)}`)}
        ELSE 'the series has no value to forecast from'
      END AS ${REASON_COLUMN}
    FROM request AS r
    LEFT JOIN (SELECT DISTINCT ${knownColumns}, true AS known FROM forecast) AS k ON ${matches('k')}
    LEFT JOIN forecast AS f ON ${matches('f')}
      AND ${period(`f.${identifier(spec.series.time)}`)} = ${period(`r.${time}`)}
    ORDER BY r.o
  `);
}
