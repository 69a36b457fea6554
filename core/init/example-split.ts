import type { DuckDBConnection } from '@duckdb/node-api';
import { exampleRanges, partByTime } from '../data/features/split-examples.ts';
import { identifier, literal } from '../data/quote.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import { counted } from './names.ts';
import { lengthOf } from './steps.ts';
import type { Target } from './target.ts';
import type { TimeColumn } from './time-column.ts';

/** Which examples validate and test, as the spec says it. */
export interface InferredSplit {
  readonly split: Readonly<Record<string, string | number>>;
  readonly why: string;
}

/** Share of the time, or of the rows, that validates; the same share tests. */
const SHARE = 0.15;

/** Each part needs so many examples to tell one model from another. */
const LEAST_PER_PART = 20;

const DAY = 86_400_000;

/** The last days where rows have a time and enough days; else a share of the rows, by their identity. */
export async function inferSplit(
  connection: DuckDBConnection,
  { sample, column }: Target,
  time: TimeColumn | undefined,
): Promise<InferredSplit> {
  const byHash = (why: string): InferredSplit => ({
    split: { by: 'hash', validation: SHARE, test: SHARE },
    why: `${why}, so shares of the rows validate and test; equal ids go together`,
  });
  if (time === undefined) return byHash('rows have no time');
  const at = `CAST(${identifier(time.column.name)} AS TIMESTAMP)`;
  const from = `(SELECT ${at} AS t FROM read_parquet(${literal(sample.data)})
    WHERE isfinite(${at}) AND ${identifier(column.name)} IS NOT NULL)`;
  const { oldest, newest } = await oneRow(
    connection,
    `SELECT epoch_ms(min(t))::DOUBLE AS oldest, epoch_ms(max(t))::DOUBLE AS newest FROM ${from}`,
  );
  if (typeof oldest !== 'number' || typeof newest !== 'number')
    return byHash('no row has both time and target');
  const days = Math.floor(((newest - oldest) / DAY) * SHARE);
  if (days < 1) return byHash('the rows cover less than a week');
  const length = lengthOf('1 day', days);
  const split = { by: 'time' as const, validation: length, test: length };
  const part = partByTime('t', exampleRanges(new Date(oldest), new Date(newest), split));
  const { least, parts } = await oneRow(
    connection,
    `SELECT min(n)::DOUBLE AS least, count(*)::DOUBLE AS parts FROM (SELECT count(*) AS n FROM ${from} GROUP BY ${part})`,
  );
  if (parts !== 3 || Number(least) < LEAST_PER_PART) return byHash('the last days have too few rows');
  return {
    split,
    why: `${counted(Math.round((newest - oldest) / DAY), 'day')} of rows: what comes later tests what was learnt earlier`,
  };
}
