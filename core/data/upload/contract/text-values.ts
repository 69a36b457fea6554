import type { ColumnType } from '../../../spec/schema.ts';
import { literal } from '../../duckdb.ts';

/**
 * SQL that reads text as a value of a contract type: NULL where the text is no such value. DuckDB's own casts are
 * too generous (1.5 becomes the integer 2, '+09:00' after a timestamp is ignored, 'infinity' is a date), so every
 * form that is read is named here. The text that most files hold is recognised by a cast there and back, which is
 * several times faster than a regular expression.
 */
export const textValue: Readonly<Record<ColumnType, (text: string) => string>> = {
  string: text => text,
  integer: text => `CASE
    WHEN CAST(TRY_CAST(${text} AS BIGINT) AS VARCHAR) = ${text} THEN TRY_CAST(${text} AS BIGINT)
    WHEN regexp_full_match(trim(${text}), '[+-]?[0-9]+([.]0*)?')
    THEN TRY_CAST(regexp_replace(trim(${text}), '[.]0*$', '') AS BIGINT) END`,
  number: text => `CASE
    WHEN isfinite(TRY_CAST(${text} AS DOUBLE)) AND NOT contains(${text}, '_')
      AND (TRY_CAST(${text} AS DOUBLE) <> 0 OR NOT regexp_matches(${text}, '^[^eE]*[1-9]'))
    THEN TRY_CAST(${text} AS DOUBLE) END`,
  boolean: text => `CASE
    WHEN lower(trim(${text})) IN ('true', 't', 'yes', 'y', '1') THEN true
    WHEN lower(trim(${text})) IN ('false', 'f', 'no', 'n', '0') THEN false END`,
  date: text => `CASE
    WHEN CAST(TRY_CAST(${text} AS DATE) AS VARCHAR) = ${text} THEN ${withinYears(`TRY_CAST(${text} AS DATE)`, 'DATE')}
    ELSE TRY_CAST(${isoDay(text)} AS DATE) END`,
  timestamp: text => `CASE
    WHEN CAST(TRY_CAST(${text} AS TIMESTAMP) AS VARCHAR) = ${text}
    THEN ${withinYears(`TRY_CAST(${text} AS TIMESTAMP)`, 'TIMESTAMP')}
    WHEN regexp_full_match(trim(${text}), ${literal(MOMENT)})
    THEN TRY_CAST(replace(trim(${text}), '/', '-') AS TIMESTAMP)
    WHEN regexp_full_match(trim(${text}), ${literal(`${MOMENT} ?(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)`)})
    THEN TRY_CAST(regexp_replace(replace(trim(${text}), '/', '-'), '([+-][0-9]{2})([0-9]{2})$', '\\1:\\2') AS TIMESTAMPTZ)
      AT TIME ZONE 'UTC'
    ELSE CAST(TRY_CAST(${isoDay(text)} AS DATE) AS TIMESTAMP) END`,
};

const DAY = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}';
const MOMENT = `${DAY}[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?`;

/** Year first is never ambiguous: 2026-01-05, 2026/1/5, 2026年1月5日, with or without a time of midnight. */
const isoDay = (text: string): string => `CASE
  WHEN regexp_full_match(trim(${text}), ${literal(`${DAY}([T ]00:00(:00([.]0+)?)?)?`)})
  THEN replace(left(trim(${text}), 10), '/', '-')
  WHEN regexp_full_match(trim(${text}), '[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日')
  THEN regexp_replace(trim(${text}), '([0-9]+)年([0-9]+)月([0-9]+)日', '\\1-\\2-\\3') END`;

/** Keeps out infinity and the years before Christ, which DuckDB reads and prints happily. */
const withinYears = (value: string, type: 'DATE' | 'TIMESTAMP'): string =>
  `CASE WHEN ${value} BETWEEN ${type} '0001-01-01' AND ${type} '9999-12-31${type === 'DATE' ? '' : ' 23:59:59.999999'}'
   THEN ${value} END`;
