import { fileURLToPath } from 'node:url';
import { literal } from '../../core/data/quote.ts';
import type { BoostingHyperparameters, Objective } from '../../core/training/gradient-boosting/index.ts';

/** A learning task on real data, the same for every library. */
export interface PeerCase {
  readonly name: string;
  /** SELECT of the features, `target` and `fold`, in an order of its own. Numbers are DOUBLE, categories VARCHAR. */
  readonly sql: string;
  /** Folds of the cross-validation: each is predicted once by a model of the others. */
  readonly folds: number;
  readonly objective: Objective;
  readonly hyperparameters: Pick<
    BoostingHyperparameters,
    'trees' | 'depth' | 'leaves' | 'learning_rate' | 'l2' | 'min_leaf_weight'
  >;
}

const dataSet = (file: string): string =>
  literal(fileURLToPath(new URL(`../data/${file}`, import.meta.resolve('vega-datasets'))));

const usual = { trees: 100, depth: 6, leaves: 31, learning_rate: 0.1, l2: 1, min_leaf_weight: 20 };

/** A fold from 0 that depends on a row's content alone. */
const foldOf = (content: string, folds: number): string =>
  `CAST(hash(${content}) % ${folds} AS INTEGER) AS fold`;

const flights = (target: string): string => `
  SELECT CAST(hour(date) + minute(date) / 60 AS DOUBLE) AS hour, CAST(isodow(date) AS DOUBLE) AS weekday,
    CAST(dayofyear(date) AS DOUBLE) AS day, CAST(distance AS DOUBLE) AS distance, origin, destination,
    CAST(${target} AS DOUBLE) AS target, ${foldOf('date, origin, destination', 3)}
  FROM read_parquet(${dataSet('flights-3m.parquet')})
  WHERE delay IS NOT NULL AND hash(origin, date, destination) % 20 = 0
  ORDER BY date, origin, destination, delay, distance`;

const number = (column: string): string => `TRY_CAST("${column}" AS DOUBLE) AS "${column}"`;
const text = (column: string): string => `CAST("${column}" AS VARCHAR) AS "${column}"`;

const movies = `
  SELECT ${['US Gross', 'Worldwide Gross', 'US DVD Sales', 'Production Budget', 'Running Time min'].map(number)},
    ${['Rotten Tomatoes Rating', 'IMDB Votes'].map(number)},
    ${['MPAA Rating', 'Distributor', 'Source', 'Major Genre', 'Creative Type'].map(text)},
    CAST("IMDB Rating" AS DOUBLE) AS target, ${foldOf('"Title", "Release Date"', 5)}
  FROM read_json(${dataSet('movies.json')}) WHERE "IMDB Rating" IS NOT NULL
  ORDER BY "Title", "Release Date", "IMDB Votes"`;

const departures = `
  SELECT CAST(hour(date) AS DOUBLE) AS hour, CAST(isodow(any_value(date)) AS DOUBLE) AS weekday,
    CAST(dayofyear(any_value(date)) AS DOUBLE) AS day, origin, CAST(count(*) AS DOUBLE) AS target,
    ${foldOf('CAST(date AS DATE), hour(date), origin', 3)}
  FROM read_parquet(${dataSet('flights-3m.parquet')}) WHERE hash(origin) % 4 = 0
  GROUP BY CAST(date AS DATE), hour(date), origin ORDER BY CAST(date AS DATE), hour(date), origin`;

/** @param digits Parquet file of the handwritten digits that scikit-learn brings along. */
export const peerCases = (digits: string): PeerCase[] => [
  {
    name: 'flights: more than 15 minutes late',
    sql: flights('delay > 15'),
    folds: 3,
    objective: { kind: 'logistic' },
    hyperparameters: usual,
  },
  {
    name: 'flights: delay',
    sql: flights('delay'),
    folds: 3,
    objective: { kind: 'squared' },
    hyperparameters: usual,
  },
  {
    name: 'flights: delay, median',
    sql: flights('delay'),
    folds: 3,
    objective: { kind: 'absolute' },
    hyperparameters: usual,
  },
  {
    name: 'flights: delay, 90 % quantile',
    sql: flights('delay'),
    folds: 3,
    objective: { kind: 'quantile', level: 0.9 },
    hyperparameters: usual,
  },
  {
    name: 'departures by hour',
    sql: departures,
    folds: 3,
    objective: { kind: 'poisson' },
    hyperparameters: usual,
  },
  {
    name: 'movies: rating',
    sql: movies,
    folds: 5,
    objective: { kind: 'squared' },
    hyperparameters: usual,
  },
  {
    name: 'digits',
    sql: `SELECT * FROM read_parquet(${literal(digits)}) ORDER BY row`,
    folds: 5,
    objective: { kind: 'softmax', classes: 10 },
    hyperparameters: usual,
  },
];
