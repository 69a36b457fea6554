import type { ColumnFacts } from './column-facts.ts';
import { namesThings, wordsOf } from './names.ts';

/** What of a table of measurements is forecast. */
export interface MeasuredValue {
  readonly column: ColumnFacts;
  readonly aggregate: 'sum' | 'avg';
  /** Other columns that could be forecast. */
  readonly others: readonly string[];
}

/** Words of quantities that add up over time: two days of sales are the sum of both. */
const ADDITIVE = new Set([
  ...[
    'sale',
    'amount',
    'quantity',
    'qty',
    'count',
    'total',
    'revenue',
    'turnover',
    'unit',
    'order',
    'visit',
    'visitor',
  ],
  ...[
    'click',
    'download',
    'passenger',
    'trip',
    'ride',
    'demand',
    'consumption',
    'usage',
    'kwh',
    'mwh',
    'volume',
  ],
  ...[
    'precipitation',
    'rain',
    'rainfall',
    'umsatz',
    'absatz',
    'menge',
    'anzahl',
    'verbrauch',
    '売上',
    '数量',
    '件数',
    '個数',
  ],
]);

/** Words of what is usually asked for, beside quantities. */
const WANTED = new Set([
  'value',
  'price',
  'load',
  'temperature',
  'temp',
  'level',
  'rate',
  'y',
  'target',
  'wert',
  'preis',
  '値',
  '価格',
]);

/** Words of numbers that describe a place or a calendar, not what happened there. */
const NEVER = new Set([
  'latitude',
  'longitude',
  'lat',
  'lon',
  'lng',
  'year',
  'month',
  'day',
  'week',
  'weekday',
  'hour',
  'zip',
  'index',
]);

/**
 * The column to forecast: quantities first, then other usual wishes, then any number, each in the order of the file.
 * @param by Columns that tell the series apart, and others that name things.
 * @returns Undefined when no column holds numbers that vary.
 */
export function measuredValue(
  facts: readonly ColumnFacts[],
  by: ReadonlySet<string>,
): MeasuredValue | undefined {
  const has = ({ name }: ColumnFacts, words: ReadonlySet<string>): boolean =>
    wordsOf(name).some(word => words.has(word));
  const rank = (fact: ColumnFacts): number => (has(fact, ADDITIVE) ? 0 : has(fact, WANTED) ? 1 : 2);
  const numbers = facts.filter(
    fact =>
      fact.range !== undefined &&
      fact.distinct > 2 &&
      !by.has(fact.name) &&
      !has(fact, NEVER) &&
      !namesThings(fact.name),
  );
  const [column, ...others] = numbers.toSorted((a, b) => rank(a) - rank(b));
  if (column === undefined) return undefined;
  const additive = has(column, ADDITIVE) || (column.type === 'integer' && !has(column, WANTED));
  return { column, aggregate: additive ? 'sum' : 'avg', others: others.map(({ name }) => name) };
}
