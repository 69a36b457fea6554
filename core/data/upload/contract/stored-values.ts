import type { ColumnType } from '../../../spec/schema.ts';

const INTEGERS = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const FLOATS = /^(FLOAT|DOUBLE)$/;
const DECIMALS = /^DECIMAL\(/;
const TIMESTAMPS = /^TIMESTAMP(_S|_MS|_NS)?$/;
const ZONED = /^TIMESTAMP(_NS)? WITH TIME ZONE$/;

/**
 * SQL that reads a typed column of a Parquet file as a contract type: NULL where a value cannot be kept as it is.
 * Undefined when the stored type does not fit at all.
 */
export function storedValue(type: ColumnType, stored: string, value: string): string | undefined {
  const integer = INTEGERS.test(stored);
  const decimal = DECIMALS.test(stored);
  const float = FLOATS.test(stored);
  switch (type) {
    case 'string':
      // Not of floating-point numbers: their text is a choice of the reader.
      return integer || decimal || /^(BOOLEAN|DATE|UUID)$/.test(stored)
        ? `CAST(${value} AS VARCHAR)`
        : undefined;
    case 'integer':
      if (integer) return `TRY_CAST(${value} AS BIGINT)`;
      return float || decimal
        ? `CASE WHEN ${value} = trunc(${value}) THEN TRY_CAST(${value} AS BIGINT) END`
        : undefined;
    case 'number':
      if (integer || decimal) return `CAST(${value} AS DOUBLE)`;
      return float ? `CASE WHEN isfinite(${value}) THEN CAST(${value} AS DOUBLE) END` : undefined;
    case 'boolean':
      return stored === 'BOOLEAN' ? value : undefined;
    case 'date':
      if (stored === 'DATE') return finite(value);
      return TIMESTAMPS.test(stored)
        ? `CASE WHEN isfinite(${value}) AND ${value} = date_trunc('day', ${value}) THEN CAST(${value} AS DATE) END`
        : undefined;
    case 'timestamp':
      if (stored === 'DATE' || TIMESTAMPS.test(stored)) return finite(`CAST(${value} AS TIMESTAMP)`);
      return ZONED.test(stored) ? finite(`${value} AT TIME ZONE 'UTC'`) : undefined;
  }
}

const finite = (value: string): string => `CASE WHEN isfinite(${value}) THEN ${value} END`;
