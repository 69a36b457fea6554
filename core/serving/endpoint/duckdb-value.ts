import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  DuckDBDateValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import type { ColumnType } from '../../spec/schema.ts';
import type { Value } from './value.ts';

/** The DuckDB type of each type of a contract, as `SQL_TYPES` names it. */
export const DUCKDB_TYPES: Readonly<Record<ColumnType, DuckDBType>> = {
  string: VARCHAR,
  integer: BIGINT,
  number: DOUBLE,
  boolean: BOOLEAN,
  date: DATE,
  timestamp: TIMESTAMP,
};

/** A value of a request as a parameter of its type. */
export function duckDbValue(type: ColumnType, value: Value): DuckDBValue {
  if (type === 'integer' && typeof value === 'number') return BigInt(value);
  if (type === 'date' && typeof value === 'number') return new DuckDBDateValue(value);
  if (type === 'timestamp' && typeof value === 'bigint') return new DuckDBTimestampValue(value);
  return value;
}
