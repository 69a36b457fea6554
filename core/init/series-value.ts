import type { ColumnFacts } from './column-facts.ts';
import { namesThings, wordsOf } from './names.ts';

/** What of a table of measurements is forecast. */
export interface MeasuredValue {
  readonly column: ColumnFacts;
  readonly aggregate: 'sum' | 'avg';
  /** Whether its name says that it adds up over time, so that nothing recorded may mean zero. */
  readonly addsUp: boolean;
  readonly why: string;
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

const has = ({ name }: ColumnFacts, words: ReadonlySet<string>): boolean =>
  wordsOf(name).some(word => words.has(word));

/**
 * The column to forecast: quantities first, then other usual wishes, then any number, each in the order of the file.
 * @param by Columns that tell the series apart, and others that name things.
 * @returns Undefined when no column holds numbers that vary.
 */
export function measuredValue(
  facts: readonly ColumnFacts[],
  by: ReadonlySet<string>,
): MeasuredValue | undefined {
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
  return { column, ...aggregateOf(column), others: others.map(({ name }) => name) };
}

/** With one row for each series and period both aggregates are the same; with more they are not. */
function aggregateOf(column: ColumnFacts): Pick<MeasuredValue, 'aggregate' | 'addsUp' | 'why'> {
  if (has(column, ADDITIVE))
    return { aggregate: 'sum', addsUp: true, why: 'its name says that it adds up over time' };
  return column.type === 'integer' && !has(column, WANTED)
    ? { aggregate: 'sum', addsUp: false, why: 'whole numbers, taken for counts that add up over time' }
    : { aggregate: 'avg', addsUp: false, why: 'taken for a level, which does not add up over time' };
}
