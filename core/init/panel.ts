import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { periodOf, periodSql } from '../data/series/grid.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import { durationOf } from '../spec/schema.ts';
import type { ColumnFacts, SampleFacts } from './column-facts.ts';
import { namesThings } from './names.ts';
import { isDaysLong, STEPS, type Step } from './steps.ts';

/** Measurements at regular times: one row for each series and period. */
export interface Panel {
  /** Columns that tell the series apart. */
  readonly by: readonly string[];
  readonly step: Step;
  readonly series: number;
  /** Share of the periods between the first and the last row of each series that have a row. */
  readonly density: number;
  /** Whether no series has two rows at one time. */
  readonly exact: boolean;
}

/** Clocks that go back give one hour two rows; a few repeated rows do not make measurements events. */
const MOST_ROWS_PER_CELL = 1.001;

/** With fewer periods that have a row, times are not regular: the rows are events. */
const LEAST_DENSITY = 0.25;

/** Two columns name the series of most panels; more pairs than these of the first columns are not tried. */
const MOST_COLUMNS = 8;

const MOST_SERIES = 10_000;

/**
 * The measurements in a table, if its rows are such: the fewest columns that leave one row for each series and period
 * of some step; of those the columns with the fewest gaps. The step is the longest for which that holds.
 * @param keys Columns that refer to other tables: they may be numbers.
 */
export async function findPanel(
  connection: DuckDBConnection,
  sample: SampleFacts,
  time: ColumnFacts,
  keys: ReadonlySet<string>,
): Promise<Panel | undefined> {
  const names = sample.facts
    .filter(fact => fact.name !== time.name && mayTellApart(fact, keys))
    .slice(0, MOST_COLUMNS)
    .map(({ name }) => name);
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map(b => [a, b]));
  for (const sets of [[[]], names.map(name => [name]), pairs]) {
    let best: Panel | undefined;
    for (const by of sets) {
      const panel = await panelOf(connection, sample, time, by);
      if (panel !== undefined && (best === undefined || panel.density > best.density)) best = panel;
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

/** Each of the series has so many rows at least, on average. */
const ROWS_PER_SERIES = 10;

function mayTellApart(
  { name, type, distinct, missing, rows }: ColumnFacts,
  keys: ReadonlySet<string>,
): boolean {
  if (missing > 0 || distinct < 2 || distinct > MOST_SERIES) return false;
  // Numbers may name shops and articles; where they measure something, too many periods are left empty.
  return (
    type === 'string' ||
    (type === 'integer' && (keys.has(name) || namesThings(name) || rows >= ROWS_PER_SERIES * distinct))
  );
}

async function panelOf(
  connection: DuckDBConnection,
  { data, rows }: SampleFacts,
  time: ColumnFacts,
  by: readonly string[],
): Promise<Panel | undefined> {
  const at = `CAST(${identifier(time.name)} AS TIMESTAMP)`;
  const key = by.map(identifier);
  const from = `FROM read_parquet(${literal(data)}) WHERE ${at} IS NOT NULL`;
  const timed = rows - time.missing;
  const cellsAt = async (period: string): Promise<number> => {
    const cells = `SELECT DISTINCT ${[...key, `${period} AS period`].join(', ')} ${from}`;
    return Number((await oneRow(connection, `SELECT count(*)::DOUBLE AS n FROM (${cells})`)).n);
  };
  const moments = await cellsAt(at);
  if (timed > moments * MOST_ROWS_PER_CELL) return undefined;
  let longest: Step | undefined;
  for (const step of STEPS) {
    if (time.type === 'date' && !isDaysLong(step)) continue;
    if (timed > (await cellsAt(periodSql(at, durationOf(step.every)))) * MOST_ROWS_PER_CELL) break;
    longest = step;
  }
  if (longest === undefined) return undefined;
  const every = durationOf(longest.every);
  const group = key.length === 0 ? '' : `GROUP BY ${key.join(', ')}`;
  const spans = await connection.runAndReadAll(
    `SELECT epoch_ms(min(${at}))::DOUBLE, epoch_ms(max(${at}))::DOUBLE ${from} ${group}`,
  );
  let periods = 0;
  let series = 0;
  for (const [first, last] of spans.getRowsJS()) {
    periods += periodOf(new Date(Number(last)), every) - periodOf(new Date(Number(first)), every) + 1;
    series++;
  }
  const density = Math.min(1, timed / periods);
  // One row for each series says nothing of what repeats.
  if (density < LEAST_DENSITY || series > MOST_SERIES || timed < 2 * series) return undefined;
  return { by, step: longest, series, density, exact: moments === timed };
}
