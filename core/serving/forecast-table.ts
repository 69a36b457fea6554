import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../data/quote.ts';
import { timeOfStep } from '../data/series/grid.ts';
import { SQL_TYPES } from '../data/upload/contract/sql-types.ts';
import { FORECAST_COLUMNS } from '../spec/forecast-columns.ts';
import type { ForecastingSpec } from '../spec/schema.ts';
import { declaredZone } from '../spec/time-zones.ts';
import { columnsOf, type Forecast } from './forecast.ts';

/** A day; a grid below it needs a time of day in its answers. */
const DAY = 86_400_000;

/**
 * Makes the table `forecast` in a DuckDB: one row per series and period, sorted by key and time. The columns of the
 * key and the time have the names and types that the spec's table gives them; times whose zone the spec declares are
 * TIMESTAMPTZ, which says that they are moments, not what some clock shows.
 */
export async function createForecastTable(
  connection: DuckDBConnection,
  spec: ForecastingSpec,
  { keyColumns, grid, series }: Forecast,
): Promise<void> {
  const keys = keyColumns.map((_, i) => `key_${i}`);
  await connection.run(`
    CREATE TEMP TABLE keys (id INTEGER${keys.map(key => `, ${key} VARCHAR`).join('')});
    CREATE TEMP TABLE points (id INTEGER, time DOUBLE${FORECAST_COLUMNS.map(name => `, ${name} DOUBLE`).join('')});
  `);
  await append(connection, 'keys', function* () {
    for (const [id, { key }] of series.entries()) yield [id, ...key];
  });
  const times = Array.from({ length: grid.steps }, (_, step) => timeOfStep(grid, step).getTime());
  await append(connection, 'points', function* () {
    for (const [id, one] of series.entries()) {
      const columns = columnsOf(one);
      for (const [step, time] of times.entries()) {
        yield [id, time, ...columns.map(values => values[step] ?? Number.NaN)];
      }
    }
  });
  const columns = spec.tables[spec.series.table]?.columns ?? {};
  const typed = keyColumns.map((name, i) => {
    const type = SQL_TYPES[columns[name]?.type ?? 'string'];
    return `TRY_CAST(key_${i} AS ${type}) AS ${identifier(name)}, `;
  });
  const { months, milliseconds } = grid.every;
  const wholeDays = months > 0 || milliseconds % DAY === 0;
  const isDate = columns[spec.series.time]?.type === 'date' && wholeDays;
  const isZoned = declaredZone(spec.tables[spec.series.table], spec.series.time) !== undefined;
  const timeType = isDate ? 'DATE' : isZoned ? 'TIMESTAMPTZ' : 'TIMESTAMP';
  await connection.run(`
    CREATE TEMP TABLE forecast AS
    SELECT ${typed.join('')}CAST(make_timestamp_ms(time::BIGINT) AS ${timeType}) AS ${identifier(spec.series.time)},
      ${FORECAST_COLUMNS.join(', ')}
    FROM points JOIN keys USING (id) ORDER BY id, time;
    DROP TABLE points;
    DROP TABLE keys;
  `);
}

type Cell = string | number;

/** NaN becomes null: a missing value, in DuckDB as well. */
async function append(
  connection: DuckDBConnection,
  table: string,
  rows: () => Iterable<Cell[]>,
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (const [id, ...cells] of rows()) {
    appender.appendInteger(Number(id));
    for (const cell of cells) appendCell(appender, cell);
    appender.endRow();
  }
  appender.closeSync();
}

function appendCell(appender: DuckDBAppender, cell: Cell): void {
  if (typeof cell === 'string') appender.appendVarchar(cell);
  else if (Number.isNaN(cell)) appender.appendNull();
  else appender.appendDouble(cell);
}
