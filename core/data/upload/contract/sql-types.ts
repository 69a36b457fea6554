import type { ColumnType } from '../../../spec/schema.ts';
import { literal } from '../../quote.ts';

/** How accepted parts store each type of the contract. Timestamps are in UTC. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

/** A value that a spec names (a bound, an allowed value) as SQL of the column's type. */
export function contractLiteral(type: ColumnType, value: string | number | boolean): string {
  switch (type) {
    case 'date':
      return `CAST(${literal(utc(String(value)).slice(0, 10))} AS DATE)`;
    case 'timestamp':
      return `CAST(${literal(utc(String(value)))} AS TIMESTAMP)`;
    case 'integer':
      // A bound may lie between two whole numbers, or beyond all of them: compared as a number of any kind.
      return `CAST(${literal(String(value))} AS ${Number.isSafeInteger(value) ? 'BIGINT' : 'DOUBLE'})`;
    default:
      return `CAST(${literal(String(value))} AS ${SQL_TYPES[type]})`;
  }
}

/** A moment of a spec in UTC, which it is in unless it says otherwise: never in the zone of this machine. */
function utc(value: string): string {
  const naive = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.]\d+)?)?$/.test(value);
  return new Date(naive ? `${value.replace(' ', 'T')}Z` : value)
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '');
}

/**
 * SQL that is true where a value is one of a list. Never IN: DuckDB makes a join of a list of more than a few
 * constants, and a join keeps neither the order of the rows nor to the limit of memory.
 */
export const isOneOf = (value: string, list: readonly string[]): string =>
  `list_contains([${list.join(', ')}], ${value})`;
