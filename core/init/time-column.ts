import { FORECAST_COLUMNS, REASON_COLUMN } from '../spec/forecast-columns.ts';
import type { ColumnFacts } from './column-facts.ts';
import { counted, percent, wordsOf } from './names.ts';

export interface TimeColumn {
  readonly column: ColumnFacts;
  readonly why: string;
}

/** Names of columns that say when a row happened, rather than when it was written or changed. */
const TIME_WORDS = [
  'date',
  'time',
  'timestamp',
  'datetime',
  'day',
  'week',
  'month',
  'at',
  'when',
  '日付',
  '日時',
];

const LATER_WORDS = ['updated', 'modified', 'changed', 'loaded', 'exported', 'imported', 'deleted'];

const FORECAST_NAMES: ReadonlySet<string> = new Set([...FORECAST_COLUMNS, REASON_COLUMN]);

/** Whether a forecast has a column of this name, so that a series can neither have it as its time nor in its key. */
export const isForecastName = (name: string): boolean => FORECAST_NAMES.has(name.toLowerCase());

/** The column that says when a row happened: of the dates and timestamps the one that is missing least. */
export function timeColumnOf(facts: readonly ColumnFacts[]): TimeColumn | undefined {
  const times = facts.filter(
    ({ name, type, distinct }) =>
      (type === 'date' || type === 'timestamp') && distinct > 0 && !isForecastName(name),
  );
  const rank = ({ name }: ColumnFacts): number => {
    const words = wordsOf(name);
    if (words.some(word => LATER_WORDS.includes(word))) return 2;
    return words.some(word => TIME_WORDS.includes(word)) ? 0 : 1;
  };
  const [column, ...others] = times.toSorted((a, b) => a.missing - b.missing || rank(a) - rank(b));
  if (column === undefined) return undefined;
  const coverage = `${percent(1 - column.missing / column.rows)} of ${counted(column.rows, 'row')} have it`;
  const rivals = others.map(({ name, missing, rows }) => `${name} ${percent(1 - missing / rows)}`).join(', ');
  return { column, why: rivals === '' ? `the only date; ${coverage}` : `${coverage}; others: ${rivals}` };
}
