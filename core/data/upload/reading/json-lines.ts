import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnSpec, ReadOptions } from '../../../spec/schema.ts';
import { literal } from '../../quote.ts';
import { isOneOf } from '../contract/sql-types.ts';
import type { Source } from './source.ts';
import type { TextRecords } from './text-source.ts';

/** A byte that no valid JSON holds, so that DuckDB's CSV reader leaves every line whole. */
export const UNIT_SEPARATOR = 0x1f;

/** A JSON pointer (RFC 6901) to a member of an object. */
const pointer = (name: string): string => literal(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);

/** True for a line that is one JSON object with every name once. Nested, because JSON functions fail on other text. */
const WHOLE = `CASE WHEN json_valid(c0) THEN CASE WHEN json_type(c0) = 'OBJECT'
  THEN len(json_keys(c0)) = len(list_distinct(json_keys(c0))) ELSE false END ELSE false END`;

/**
 * One JSON object per line. A malformed line is a row with `whole` false, so that a rule can point at it.
 * @param records The lines, as records of one field.
 */
export async function jsonLinesSource(
  connection: DuckDBConnection,
  records: TextRecords,
  contract: Readonly<Record<string, ColumnSpec>>,
  read: ReadOptions,
): Promise<Source> {
  const lines = `(SELECT c0, ${WHOLE} AS whole FROM ${records.from} WHERE c0 IS NOT NULL)`;
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT unnest(CASE WHEN whole THEN json_keys(c0) END) AS name FROM ${lines} ORDER BY name`,
  );
  const found = reader.getRowObjectsJson().map(({ name }) => String(name));
  // Of a file without a whole line nothing is known, so no column of it is missing.
  const names = found.length === 0 ? Object.keys(contract) : found;
  const wanted = names.filter(name => Object.hasOwn(contract, name));
  const members = `[${wanted.map(pointer).join(', ')}]::VARCHAR[]`;
  return {
    ...records,
    from: `(SELECT c0, whole, CASE WHEN whole THEN json_extract_string(c0, ${members}) END AS m,
      CASE WHEN whole THEN json_type(c0, ${members}) END AS t FROM ${lines})`,
    columns: names.map(name => {
      const place = wanted.indexOf(name) + 1;
      return {
        name,
        sql: `m[${place}]`,
        type: 'VARCHAR',
        misshapen: misshapen(contract[name]?.type, `t[${place}]`),
      };
    }),
    warnings: [],
    // JSON has its own notation of numbers, whatever the other files of the table use.
    read: { ...read, decimal: undefined, thousands: undefined },
    line: { text: 'c0', whole: 'whole' },
  };
}

/** A list or an object is no value; a fraction is no text, because its digits are not kept as they were written. */
const misshapen = (type: ColumnSpec['type'] | undefined, stored: string): string =>
  isOneOf(stored, ['OBJECT', 'ARRAY', ...(type === 'string' ? ['DOUBLE'] : [])].map(literal));
