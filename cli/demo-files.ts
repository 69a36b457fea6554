import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDuckDb } from '../core/data/duckdb.ts';
import { literal } from '../core/data/quote.ts';

/** Three million flights of January to June 2001 and the airports of the United States, by the US DOT. */
const dataSet = (file: string): string =>
  fileURLToPath(new URL(`../data/${file}`, import.meta.resolve('vega-datasets')));
const FLIGHTS = dataSet('flights-3m.parquet');
export const AIRPORTS = dataSet('airports.csv');

const METRES_PER_MILE = 1609;

/** What is done to the flights of a week, in words and in SQL. */
export const DEGRADED =
  'degraded on purpose: morning and evening exchanged, and no flights from airports west of 100° W';
const EXCHANGED =
  '* REPLACE (CASE WHEN hour(date) < 12 THEN date + INTERVAL 12 HOUR ELSE date - INTERVAL 12 HOUR END AS date)';
const EASTERN = `origin IN (SELECT iata FROM read_csv(${literal(AIRPORTS)}) WHERE longitude >= -100)`;

/** Files as a business system would export them, cut from the data set by day. */
export interface DemoFiles {
  /** Flights until 31 May. */
  readonly history: string;
  /** Flights of 1 to 14 June. */
  readonly update: string;
  /** Flights of 15 and 16 June as CSV, distances in metres instead of miles, every seventh date missing. */
  readonly broken: string;
  /** Flights of 1 June as CSV, before anyone knows how late they were. */
  readonly request: string;
  /** Flights of 15 to 18 and of 19 to 21 June, degraded: see `DEGRADED`. */
  readonly degraded: readonly [string, string];
  /** Flights of 15 to 30 June, as they were. */
  readonly corrected: string;
  /** Flights of 22 to 30 June, as they were. */
  readonly good: string;
}

/** Writes the demo's files into a directory. */
export async function writeDemoFiles(directory: string): Promise<DemoFiles> {
  await mkdir(directory, { recursive: true });
  const files: DemoFiles = {
    history: join(directory, 'flights-2001-01-to-05.parquet'),
    update: join(directory, 'flights-2001-06-01-to-14.parquet'),
    broken: join(directory, 'flights-2001-06-15-to-16.csv'),
    request: join(directory, 'flights-2001-06-01.csv'),
    degraded: [
      join(directory, 'flights-2001-06-15-to-18.parquet'),
      join(directory, 'flights-2001-06-19-to-21.parquet'),
    ],
    corrected: join(directory, 'flights-2001-06-15-to-30.parquet'),
    good: join(directory, 'flights-2001-06-22-to-30.parquet'),
  };
  await withDuckDb({ paths: [FLIGHTS, AIRPORTS, ...Object.values(files).flat()] }, async connection => {
    const copy = (
      columns: string,
      from: string,
      to: string,
      file: string,
      where = 'true',
    ): Promise<unknown> =>
      connection.run(`
        COPY (
          SELECT ${columns} FROM ${literal(FLIGHTS)}
          WHERE date >= DATE ${literal(from)} AND date < DATE ${literal(to)} AND ${where})
        TO ${literal(file)}`);
    await copy('*', '2001-01-01', '2001-06-01', files.history);
    await copy('*', '2001-06-01', '2001-06-15', files.update);
    const damaged = `* REPLACE (
      CASE WHEN row_number() OVER () % 7 = 0 THEN NULL ELSE date END AS date,
      distance * ${METRES_PER_MILE} AS distance)`;
    await copy(damaged, '2001-06-15', '2001-06-17', files.broken);
    await copy('* EXCLUDE (delay)', '2001-06-01', '2001-06-02', files.request);
    await copy(EXCHANGED, '2001-06-15', '2001-06-19', files.degraded[0], EASTERN);
    await copy(EXCHANGED, '2001-06-19', '2001-06-22', files.degraded[1], EASTERN);
    await copy('*', '2001-06-15', '2001-07-01', files.corrected);
    await copy('*', '2001-06-22', '2001-07-01', files.good);
  });
  return files;
}
