import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../quote.ts';

/** Values of a numeric column; null without values. */
export interface NumericSummary {
  readonly rows: number;
  /** Share of rows without a value. */
  readonly missing: number;
  readonly mean: number | null;
  /** Sample standard deviation; null with fewer than two values. */
  readonly deviation: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** How a column differs between two tables. */
export type ColumnShift =
  | {
      readonly column: string;
      readonly kind: 'number';
      readonly before: NumericSummary;
      readonly after: NumericSummary;
      /**
       * Difference of the means in standard deviations (the root of the mean of both variances); null where one
       * side has no values, or where different means have no spread.
       */
      readonly shift: number | null;
      readonly moved: boolean;
    }
  | {
      readonly column: string;
      readonly kind: 'text';
      /** Half the sum of the absolute differences of all shares: 0 for equal mixes, 1 without a common value. */
      readonly shift: number;
      readonly moved: boolean;
      /** The values whose shares of rows differ most, at most ten; null stands for rows without a value. */
      readonly values: readonly {
        readonly value: string | null;
        readonly before: number;
        readonly after: number;
      }[];
    };

/**
 * A standardized difference from here on counts as moved. Source: Austin, "Balance diagnostics for comparing the
 * distribution of baseline covariates", Statistics in Medicine 28 (2009) 3083-3107. Shares use the same bound.
 */
const MOVED = 0.1;

const MOST_VALUES = 10;

/**
 * How a numeric column moved between two relations.
 * @param before SQL of a table or table function; `after` likewise.
 */
export async function numericShift(
  connection: DuckDBConnection,
  column: string,
  before: string,
  after: string,
): Promise<ColumnShift> {
  const summarize = async (from: string): Promise<NumericSummary> => {
    const value = `${identifier(column)}::DOUBLE`;
    const result = await connection.runAndReadAll(`
      SELECT count(*)::DOUBLE, count(${value})::DOUBLE, avg(${value}), stddev_samp(${value}), min(${value}), max(${value})
      FROM ${from}
    `);
    const [rows, present, mean, deviation, min, max] = (result.getRowsJS()[0] ?? []).map(numberOrNull);
    return {
      rows: rows ?? 0,
      missing: rows ? (rows - (present ?? 0)) / rows : 0,
      ...{ mean: mean ?? null, deviation: deviation ?? null, min: min ?? null, max: max ?? null },
    };
  };
  const [one, other] = [await summarize(before), await summarize(after)];
  const shift = standardizedDifference(one, other);
  const changed = shift === null ? one.mean !== other.mean : Math.abs(shift) >= MOVED;
  const moved = changed || Math.abs(other.missing - one.missing) >= MOVED;
  return { column, kind: 'number', before: one, after: other, shift, moved };
}

/** How the mix of values of a column moved between two relations. */
export async function textShift(
  connection: DuckDBConnection,
  column: string,
  before: string,
  after: string,
): Promise<ColumnShift> {
  const shares = (from: string): string =>
    `SELECT ${identifier(column)}::VARCHAR AS v, count(*) / sum(count(*)) OVER () AS share FROM ${from} GROUP BY 1`;
  const result = await connection.runAndReadAll(`
    SELECT coalesce(a.v, b.v), coalesce(a.share, 0)::DOUBLE, coalesce(b.share, 0)::DOUBLE
    FROM (${shares(before)}) a FULL JOIN (${shares(after)}) b ON a.v IS NOT DISTINCT FROM b.v
  `);
  const values = result.getRowsJS().map(([value, share, other]) => ({
    value: value === null ? null : String(value),
    before: Number(share),
    after: Number(other),
  }));
  const difference = (share: (typeof values)[number]): number => Math.abs(share.after - share.before);
  const shift = values.reduce((sum, share) => sum + difference(share), 0) / 2;
  const inOrder = values.toSorted(
    (a, b) => difference(b) - difference(a) || ((a.value ?? '') < (b.value ?? '') ? -1 : 1),
  );
  const most = inOrder.filter(share => difference(share) > 0).slice(0, MOST_VALUES);
  return { column, kind: 'text', shift, moved: shift >= MOVED, values: most };
}

function standardizedDifference(before: NumericSummary, after: NumericSummary): number | null {
  if (before.mean === null || after.mean === null) return null;
  const difference = after.mean - before.mean;
  const spread = Math.sqrt(((before.deviation ?? 0) ** 2 + (after.deviation ?? 0) ** 2) / 2);
  if (spread === 0) return difference === 0 ? 0 : null;
  return difference / spread;
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
