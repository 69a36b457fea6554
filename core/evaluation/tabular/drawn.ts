import { valueAt } from '../../data/series.ts';

/**
 * A measure of rows as a function of how often each row was drawn, so that a bootstrap measures by the very definition
 * of the metric; without an argument every row counts once. Null where the measure is undefined.
 */
export type Drawn = (times?: Int32Array) => number | null;

/** The sum of values over the rows drawn. */
export function drawnSum(values: ArrayLike<number>, times: Int32Array | undefined): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (times?.[i] ?? 1) * (values[i] ?? Number.NaN);
  return sum;
}

/** How many rows were drawn. */
export const drawnRows = (rows: number, times: Int32Array | undefined): number =>
  times === undefined ? rows : times.reduce((sum, count) => sum + count, 0);

/** The mean of one value per row. */
export const drawnMean =
  (values: Float64Array): Drawn =>
  times => {
    const rows = drawnRows(values.length, times);
    return rows === 0 ? null : drawnSum(values, times) / rows;
  };

/** The mean of those of several measures that are defined. */
export const meanOfDrawn =
  (measures: readonly Drawn[]): Drawn =>
  times => {
    const known = measures.map(measure => measure(times)).filter(value => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };

/** A value per row, from two columns. */
export const perRow = (
  one: Float64Array,
  other: Float64Array,
  of: (a: number, b: number) => number,
): Float64Array => one.map((value, i) => of(value, valueAt(other, i)));
