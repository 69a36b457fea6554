import type { Column } from '../../data/features/columns.ts';
import type { Sketch } from './sketch-record.ts';

/** A column in the terms of a sketch, row by row. */
export type Sample =
  /** NaN is missing. */
  | { readonly kind: 'number'; readonly values: Float64Array }
  /** Index into the sketch's counts; -1 is missing. */
  | { readonly kind: 'category'; readonly codes: Int32Array };

/** The text of a value of a column that is looked at as categories. */
export const categoryOf = (column: Column, row: number): string | undefined => {
  if (column.kind === 'categorical') return column.categories[column.codes[row] ?? -1];
  const value = column.values[row];
  return value === undefined || Number.isNaN(value) ? undefined : String(value);
};

/** Rows of a column as a sketch counts them: numbers as they are, categories by their place in it. */
export function sampleFor(
  sketch: Pick<Sketch, 'kind'> & { categories?: readonly string[] },
  column: Column,
): Sample {
  if (sketch.kind === 'number') {
    if (column.kind === 'numeric') return { kind: 'number', values: column.values };
    // A feature whose kind has changed since has no values that could be compared.
    return { kind: 'number', values: new Float64Array(column.codes.length).fill(Number.NaN) };
  }
  const categories = sketch.categories ?? [];
  const places = new Map(categories.map((category, i) => [category, i]));
  const placeOf = (category: string): number => places.get(category) ?? categories.length;
  if (column.kind === 'categorical') {
    const own = column.categories.map(placeOf);
    return { kind: 'category', codes: column.codes.map(code => own[code] ?? -1) };
  }
  return {
    kind: 'category',
    codes: Int32Array.from(column.values, value => (Number.isNaN(value) ? -1 : placeOf(String(value)))),
  };
}

/** Rows [from, to) of a sample. */
export const sliceOf = (sample: Sample, from: number, to: number): Sample =>
  sample.kind === 'number'
    ? { kind: 'number', values: sample.values.subarray(from, to) }
    : { kind: 'category', codes: sample.codes.subarray(from, to) };

export const rowsOf = (sample: Sample): number =>
  sample.kind === 'number' ? sample.values.length : sample.codes.length;

/** Whether a row has a value. */
export const isPresent = (sample: Sample, row: number): boolean =>
  sample.kind === 'number' ? !Number.isNaN(sample.values[row]) : (sample.codes[row] ?? -1) >= 0;

/** The values that are there, sorted. */
export function sortedValues(values: Float64Array): Float64Array {
  const present = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return present.subarray(0, count).sort();
}

/** More values tell no more of a distribution: chance moves its distance by some 0.002 standard deviations by then. */
const ENOUGH = 200_000;

/** Of very many values every k-th, evenly over the rows. */
export function thinned(values: Float64Array): Float64Array {
  const stride = Math.ceil(values.length / ENOUGH);
  if (stride <= 1) return values;
  const some = new Float64Array(Math.ceil(values.length / stride));
  for (let i = 0; i < some.length; i++) some[i] = values[i * stride] ?? Number.NaN;
  return some;
}

/** How often each of so many codes occurs. */
export function countCodes(codes: Int32Array, categories: number): Float64Array {
  const counts = new Float64Array(categories);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? -1;
    if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
