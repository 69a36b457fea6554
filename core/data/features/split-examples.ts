import { addDuration } from '../../spec/duration.ts';
import type { ExampleSplit } from '../../spec/examples.ts';
import { durationOf } from '../../spec/schema.ts';
import type { PartName, TimeRange } from '../dataset/dataset-record.ts';
import { identifier, literal } from '../quote.ts';
import type { TabularSection } from './tabular-section.ts';

export type TimeSplit = Extract<ExampleSplit, { by: 'time' }>;
export type ShareSplit = Exclude<ExampleSplit, { by: 'time' }>;

/**
 * Ranges of a split by time, counted back from just after the newest example: the test part is the last `split.test`,
 * the validation part lies before it, the rest trains. With daily dates, `14 days` are the last 14 dates.
 */
export function exampleRanges(oldest: Date, newest: Date, split: TimeSplit): Record<PartName, TimeRange> {
  const end = new Date(newest.getTime() + 1);
  const test = addDuration(end, durationOf(split.test), -1);
  const validation = addDuration(test, durationOf(split.validation), -1);
  const range = (from: Date, to: Date): TimeRange => ({ from: from.toISOString(), to: to.toISOString() });
  return { train: range(oldest, validation), validation: range(validation, test), test: range(test, end) };
}

/** SQL of the part that an example lies in. */
export function partByTime(time: string, { validation, test }: Record<PartName, TimeRange>): string {
  const from = ({ from: start }: TimeRange): string => `TIMESTAMP ${literal(start.slice(0, -1))}`;
  return `CASE WHEN ${time} >= ${from(test)} THEN 'test' WHEN ${time} >= ${from(validation)} THEN 'validation' ELSE 'train' END`;
}

/** Columns of the base table whose values decide the part: equal values go together. */
export const splitColumns = ({ examples, split }: TabularSection): readonly string[] =>
  split.by === 'group' ? split.columns : examples.id;

/** SQL of those values as one text. Separator and missing value are characters that text does not have. */
export function splitKeySql(section: TabularSection): string {
  const base = identifier(section.examples.base);
  const values = splitColumns(section).map(
    column => `coalesce(${base}.${identifier(column)}::VARCHAR, chr(30))`,
  );
  return `concat_ws(chr(31), ${values.join(', ')})`;
}

/**
 * SQL of the part that a key falls into. It is a function of the key alone, by MD5, whose values are evenly spread
 * and are the same on every machine and in every version: examples keep their parts when others are added.
 */
export function partByKey(key: string, { validation, test }: ShareSplit): string {
  const position = `md5_number_lower(${key})::DOUBLE / 18446744073709551616.0`;
  return `CASE WHEN ${position} < ${test} THEN 'test' WHEN ${position} < ${test + validation} THEN 'validation' ELSE 'train' END`;
}
