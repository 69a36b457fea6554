import { fileURLToPath } from 'node:url';
import { literal } from '../../core/data/quote.ts';

/** Series to forecast, on real data. */
export interface ForecastCase {
  readonly name: string;
  readonly file: string;
  /** SELECT of `key`, `time`, the start of a period, and `value`. */
  readonly sql: (file: string) => string;
  readonly start: string;
  readonly every: string;
  /** Periods. */
  readonly steps: number;
  readonly season: readonly number[];
  readonly horizon: number;
}

const dataSet = (file: string): string =>
  fileURLToPath(new URL(`../data/${file}`, import.meta.resolve('vega-datasets')));

/** Flights of the 50 airports with the most of them by the end of April, a period without any being 0. */
const departures = (unit: 'day' | 'hour') => (file: string) =>
  `
  WITH flights AS (SELECT origin, date_trunc('${unit}', date)::TIMESTAMP AS time FROM read_parquet(${literal(file)})),
    busiest AS (SELECT origin FROM flights WHERE time < TIMESTAMP '2001-05-01'
      GROUP BY origin ORDER BY count(*) DESC, origin LIMIT 50),
    periods AS (SELECT unnest(generate_series(TIMESTAMP '2001-01-01', TIMESTAMP '2001-06-30 23:00:00',
      INTERVAL 1 ${unit})) AS time)
  SELECT origin AS key, time, count(flights.origin)::DOUBLE AS value
  FROM busiest CROSS JOIN periods LEFT JOIN flights USING (origin, time) GROUP BY origin, time`;

const flights = dataSet('flights-3m.parquet');

export const CASES: readonly ForecastCase[] = [
  {
    ...{ name: 'departures of 50 airports, daily', file: flights, sql: departures('day') },
    ...{ start: '2001-01-01', every: '1 day', steps: 181, season: [7], horizon: 14 },
  },
  {
    ...{ name: 'departures of 50 airports, hourly', file: flights, sql: departures('hour') },
    ...{ start: '2001-01-01', every: '1 hour', steps: 181 * 24, season: [24, 168], horizon: 24 },
  },
  {
    name: 'weather of two cities, daily',
    file: dataSet('weather.csv'),
    sql: file => `
      SELECT location || ' ' || measure AS key, date::TIMESTAMP AS time, value::DOUBLE AS value
      FROM (UNPIVOT (SELECT location, date, temp_max, temp_min, wind FROM read_csv(${literal(file)}))
        ON temp_max, temp_min, wind INTO NAME measure VALUE value)`,
    ...{ start: '2012-01-01', every: '1 day', steps: 1461, season: [365], horizon: 14 },
  },
  {
    name: 'employment by sector, monthly',
    file: dataSet('us-employment.csv'),
    sql: file => `
      SELECT sector AS key, month::TIMESTAMP AS time, value::DOUBLE AS value
      FROM (UNPIVOT (SELECT month, COLUMNS(* EXCLUDE month)::DOUBLE FROM read_csv(${literal(file)}))
        ON COLUMNS(* EXCLUDE month) INTO NAME sector VALUE value)`,
    ...{ start: '2006-01-01', every: '1 month', steps: 120, season: [12], horizon: 12 },
  },
  {
    name: 'unemployment by industry, monthly',
    file: dataSet('unemployment-across-industries.json'),
    sql: file => `
      SELECT series AS key, make_timestamp(year, month, 1, 0, 0, 0) AS time, count::DOUBLE AS value
      FROM read_json(${literal(file)})`,
    ...{ start: '2000-01-01', every: '1 month', steps: 122, season: [12], horizon: 12 },
  },
];
