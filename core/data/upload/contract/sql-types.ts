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
  const text = type === 'date' || type === 'timestamp' ? utcText(type, String(value)) : String(value);
  return `CAST(${literal(text)} AS ${SQL_TYPES[type]})`;
}

function utcText(type: 'date' | 'timestamp', value: string): string {
  const iso = new Date(value).toISOString();
  return type === 'date' ? iso.slice(0, 10) : iso.replace('T', ' ').replace('Z', '');
}
