import * as z from 'zod';
import { type Grid, gridStep } from '../data/series/grid.ts';
import { FORECAST_COLUMNS } from '../spec/forecast-columns.ts';
import { type ForecastingSpec, type TableSpec, tablesSchema } from '../spec/schema.ts';
import { columnsOf, type Forecast, missingForecast } from './forecast.ts';

const numbers = z.array(z.number().nullable());

/**
 * `forecast.json`: a forecast as endpoint and monitoring read it, beside the Parquet and CSV files for people. It holds
 * all that an answer needs, so that neither DuckDB nor the spec has to be loaded for one.
 */
export const forecastRecordSchema = z.object({
  model: z.string(),
  version: z.int(),
  /** The data that it continues. */
  dataset: z.string(),
  /** The moment of the event that asked for it. */
  madeAt: z.iso.datetime({ offset: true }),
  /** The table of the series, with the columns of the key and the time alone. */
  table: z.string(),
  tables: tablesSchema,
  /** Names of the columns of the key, and of the time. */
  key: z.array(z.string()),
  time: z.string(),
  grid: z.object({
    every: z.string(),
    /** Zone whose days, weeks or months the periods are; UTC without it. */
    timezone: z.string().optional(),
    start: z.iso.datetime(),
    steps: z.int(),
  }),
  /** One number per step of the grid; null where there is none. */
  series: z.array(
    z.object({
      key: z.array(z.string()),
      forecast: numbers,
      lower_80: numbers,
      upper_80: numbers,
      lower_95: numbers,
      upper_95: numbers,
    }),
  ),
});

export type ForecastRecord = z.output<typeof forecastRecordSchema>;

/** The record of a forecast. */
export function forecastRecordOf(
  spec: ForecastingSpec,
  forecast: Forecast,
  facts: Pick<ForecastRecord, 'version' | 'dataset' | 'madeAt'>,
): ForecastRecord {
  const { grid, keyColumns } = forecast;
  const { table, time } = spec.series;
  return {
    ...{ ...facts, model: spec.name, table, time, key: [...keyColumns] },
    tables: { [table]: askedContract(spec, keyColumns) },
    grid: {
      ...{ every: grid.every.text, start: grid.start.toISOString(), steps: grid.steps },
      ...(grid.every.zone !== undefined && { timezone: grid.every.zone }),
    },
    series: forecast.series.map(one => {
      const [point = [], lower80 = [], upper80 = [], lower95 = [], upper95 = []] = columnsOf(one).map(
        values => Array.from(values, value => (Number.isFinite(value) ? value : null)),
      );
      return {
        ...{ key: [...one.key], forecast: point },
        ...{ lower_80: lower80, upper_80: upper80, lower_95: lower95, upper_95: upper95 },
      };
    }),
  };
}

/** The part of the table's contract that who asks for a forecast has to meet: how the key and the time are written. */
export function askedContract({ tables, series }: ForecastingSpec, keyColumns: readonly string[]): TableSpec {
  const table = tables[series.table];
  if (table === undefined) throw new TypeError(`The spec has no table "${series.table}"`);
  const needed = [...keyColumns, series.time];
  const columns = Object.entries(table.columns).filter(([name]) => needed.includes(name));
  return { ...table, columns: Object.fromEntries(columns) };
}

/** The grid of a record. */
export const recordedGrid = ({ grid: { every, timezone, start, steps } }: ForecastRecord): Grid => ({
  every: gridStep(every, timezone),
  start: new Date(start),
  steps,
});

/** The forecast of a record. */
export function recordedForecast(record: ForecastRecord): Forecast {
  const grid = recordedGrid(record);
  return {
    ...{ keyColumns: record.key, grid },
    series: record.series.map(recorded => {
      const one = missingForecast(recorded.key, grid.steps);
      for (const [i, values] of columnsOf(one).entries()) {
        const column = recorded[FORECAST_COLUMNS[i] ?? 'forecast'];
        values.set(column.map(value => value ?? Number.NaN));
      }
      return one;
    }),
  };
}
