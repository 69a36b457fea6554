import type { SeriesSpec } from '../../spec/schema.ts';

export type Fill = SeriesSpec['fill'];

/**
 * Values with their gaps (NaN) filled.
 *
 * - `zero`: a period without rows is 0.
 * - `previous`: the last value before the gap holds on.
 * - `interpolate`: a straight line between the values on both sides; a gap without a value after it stays missing.
 * - `none`: gaps stay missing.
 *
 * @param values From the first value of a series to the end of the grid.
 * @param ends Steps at which the parts of a dataset end, ascending, the last one being `values.length`. No filled
 *   value of a part is computed from a later part: otherwise training would see what it is tested on.
 */
export function fillGaps(
  values: Float64Array,
  fill: Fill,
  ends: readonly number[] = [values.length],
): Float64Array {
  const filled = values.slice();
  if (fill === 'zero') return filled.map(value => (Number.isNaN(value) ? 0 : value));
  if (fill === 'previous') {
    for (let step = 1; step < filled.length; step++) {
      if (Number.isNaN(valueAt(filled, step))) filled[step] = valueAt(filled, step - 1);
    }
  }
  if (fill === 'interpolate') {
    for (const [i, end] of ends.entries()) interpolateWithin(filled, ends[i - 1] ?? 0, end);
  }
  return filled;
}

const valueAt = (values: Float64Array, step: number): number => values[step] ?? Number.NaN;

/** Fills the gaps of a part, from the last value at or before its beginning to values in it. */
function interpolateWithin(values: Float64Array, begin: number, end: number): void {
  let known: number | undefined;
  for (let step = 0; step < end; step++) {
    if (Number.isNaN(valueAt(values, step))) continue;
    if (known !== undefined) {
      const from = valueAt(values, known);
      const slope = (valueAt(values, step) - from) / (step - known);
      for (let gap = Math.max(known + 1, begin); gap < step; gap++)
        values[gap] = from + slope * (gap - known);
    }
    known = step;
  }
}
