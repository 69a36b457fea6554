import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { periodOf, periodSql } from '../data/series/grid.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import { durationOf } from '../spec/schema.ts';
import type { ColumnFacts, SampleFacts } from './column-facts.ts';
import { type Step, stepOf } from './steps.ts';

/** Events that are counted: any number of rows for each series and period. */
export interface EventGrid {
  readonly by: readonly string[];
  readonly step: Step;
  readonly series: number;
  /** Periods from the first to the last row. */
  readonly periods: number;
  /** Share of them that have a row. */
  readonly filled: number;
  /** Other columns that could tell the series apart. */
  readonly others: readonly string[];
}

/** A step must leave so many periods to learn from: four weeks of days, a day of hours. */
const LEAST_PERIODS = 28;

/** A step that leaves more periods empty is too short. */
const LEAST_FILLED = 0.5;

/** From the one that is mostly wanted to the others; hours and minutes only where days are too few. */
const PREFERRED = ['1 day', '1 week', '1 month'];
const SHORT = ['1 hour', '1 minute'];

const MOST_SERIES = 500;

/** More series of events than this are mostly small ones, whose counts cannot be forecast. */
export const MOST_EVENT_SERIES = 50;

/**
 * A grid for a table of events: the step that leaves enough periods, few of them empty; and the first column that
 * gives each series a row in the average period, columns that refer to other tables first.
 */
export async function findEventGrid(
  connection: DuckDBConnection,
  sample: SampleFacts,
  time: ColumnFacts,
  keys: ReadonlySet<string>,
): Promise<EventGrid> {
  const tried: { step: Step; periods: number; filled: number }[] = [];
  for (const every of time.type === 'date' ? PREFERRED : [...PREFERRED, ...SHORT]) {
    tried.push({ step: stepOf(every), ...(await occupancy(connection, sample, time, every)) });
  }
  const enough = tried.filter(({ periods }) => periods >= LEAST_PERIODS);
  const [fallback] = tried.toSorted((a, b) => b.periods - a.periods);
  const chosen = enough.find(({ filled }) => filled >= LEAST_FILLED) ?? enough[0] ?? fallback;
  if (chosen === undefined) throw new RangeError('no step was tried');

  const timed = sample.rows - time.missing;
  const busy = ({ distinct }: ColumnFacts): boolean =>
    timed / Math.min(distinct, MOST_EVENT_SERIES) >= chosen.periods;
  const candidates = sample.facts
    .filter(({ name, type }) => name !== time.name && (type === 'string' || keys.has(name)))
    .filter(
      ({ missing, distinct, name, rows }) =>
        missing <= rows * 0.01 && distinct >= 2 && (distinct <= MOST_SERIES || keys.has(name)),
    )
    .filter(busy)
    .toSorted((a, b) => Number(keys.has(b.name)) - Number(keys.has(a.name)));
  const [by, ...others] = candidates;
  return {
    ...chosen,
    by: by === undefined ? [] : [by.name],
    series: by?.distinct ?? 1,
    others: others.map(({ name }) => name),
  };
}

async function occupancy(
  connection: DuckDBConnection,
  { data }: SampleFacts,
  time: ColumnFacts,
  step: string,
): Promise<{ periods: number; filled: number }> {
  const every = durationOf(step);
  const at = `CAST(${identifier(time.name)} AS TIMESTAMP)`;
  const found = await oneRow(
    connection,
    `SELECT epoch_ms(min(${at}))::DOUBLE AS first, epoch_ms(max(${at}))::DOUBLE AS last,
       count(DISTINCT ${periodSql(at, every)})::DOUBLE AS filled FROM read_parquet(${literal(data)})`,
  );
  const periods =
    periodOf(new Date(Number(found.last)), every) - periodOf(new Date(Number(found.first)), every) + 1;
  return { periods, filled: Number(found.filled) / periods };
}
