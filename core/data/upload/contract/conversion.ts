import type { ColumnType, ReadOptions } from '../../../spec/schema.ts';
import { literal } from '../../quote.ts';
import { candidates, resolve } from './local-time.ts';
import { isOneOf, SQL_TYPES } from './sql-types.ts';
import { storedValue } from './stored-values.ts';
import { absoluteTimeFrom, dateFrom, localTimeFrom } from './text-dates.ts';
import { integerFrom, numberFrom } from './text-numbers.ts';

/**
 * How the raw value of a column becomes a value of its contract type: SQL in steps, each of which may use what the
 * steps before it have named. The last one is the value, NULL where the raw value is no such value.
 */
export interface Conversion {
  readonly steps: readonly Readonly<Record<string, string>>[];
  readonly value: string;
  /** SQL that is true where the raw value is well-formed, but a time that does not exist or exists twice. */
  readonly unclear?: string;
}

/** Every form of text that is read is named in `text-numbers.ts` and `text-dates.ts`: DuckDB's own casts are too
 * generous (1.5 becomes the integer 2, an offset after a timestamp is ignored, infinity is a date).
 * @param name A prefix for what the steps name; `raw` is named already.
 * @returns Undefined when a column stored like this can never be of the type.
 */
export function conversion(
  type: ColumnType,
  stored: string,
  raw: string,
  name: string,
  read: ReadOptions,
): Conversion | undefined {
  const zone = type === 'timestamp' ? read.timezone : undefined;
  if (stored !== 'VARCHAR') {
    const sql = storedValue(type, stored, raw);
    if (sql === undefined) return undefined;
    const naive = zone !== undefined && stored.startsWith('TIMESTAMP') && !stored.endsWith('ZONE');
    return naive
      ? inZone(name, sql, 'CAST(NULL AS TIMESTAMP)', zone, read.ambiguous)
      : { steps: [], value: sql };
  }
  const quick = `${name}_quick`;
  const attempt = { [quick]: `TRY_CAST(${raw} AS ${SQL_TYPES[type]})` };
  switch (type) {
    case 'string':
      return { steps: [], value: raw };
    case 'boolean':
      return { steps: [], value: booleanFrom(raw) };
    case 'integer':
      return { steps: [attempt], value: integerFrom(raw, quick, read) };
    case 'number':
      return { steps: [attempt], value: numberFrom(raw, quick, read) };
    case 'date':
      return { steps: [attempt], value: dateFrom(raw, quick, read) };
    case 'timestamp': {
      const local = localTimeFrom(raw, quick, read);
      const absolute = absoluteTimeFrom(raw, read);
      if (zone === undefined) return { steps: [attempt], value: `coalesce(${local}, ${absolute})` };
      const zoned = inZone(name, local, absolute, zone, read.ambiguous);
      return { ...zoned, steps: [attempt, ...zoned.steps] };
    }
  }
}

function inZone(
  name: string,
  local: string,
  absolute: string,
  zone: string,
  ambiguous: ReadOptions['ambiguous'],
): Conversion {
  const [l, before, after, value] = [`${name}_local`, `${name}_before`, `${name}_after`, `${name}_utc`];
  const [byBefore, byAfter] = candidates(l, zone);
  return {
    steps: [
      { [l]: local },
      { [before]: byBefore, [after]: byAfter },
      { [value]: `coalesce(${resolve(l, [before, after], zone, ambiguous)}, ${absolute})` },
    ],
    value,
    unclear: `${l} IS NOT NULL AND ${value} IS NULL`,
  };
}

const TRUE = ['true', 't', 'yes', 'y', '1'].map(literal);
const FALSE = ['false', 'f', 'no', 'n', '0'].map(literal);

const booleanFrom = (text: string): string => `CASE
  WHEN ${text} = 'true' THEN true
  WHEN ${text} = 'false' THEN false
  WHEN ${isOneOf(`lower(trim(${text}))`, TRUE)} THEN true
  WHEN ${isOneOf(`lower(trim(${text}))`, FALSE)} THEN false END`;
