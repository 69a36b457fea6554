import type { ReadOptions } from '../../../spec/schema.ts';
import { literal } from '../../quote.ts';

/** Characters that a declared thousands separator stands for. */
const SEPARATORS: Readonly<Record<NonNullable<ReadOptions['thousands']>, string>> = {
  ',': ',',
  '.': '[.]',
  ' ': '[ \u00a0\u202f]',
  "'": "['\u2019]",
};

/** How numbers are written: digits as a regular expression, and SQL that turns such text into what DuckDB casts. */
interface Notation {
  readonly digits: string;
  readonly point: string;
  readonly plain: (text: string) => string;
}

function notation({ decimal = '.', thousands }: ReadOptions): Notation {
  const separator = thousands === undefined ? undefined : SEPARATORS[thousands];
  const ungrouped = (text: string): string =>
    separator === undefined ? text : `regexp_replace(${text}, ${literal(separator)}, '', 'g')`;
  return {
    digits: separator === undefined ? '[0-9]+' : `([0-9]{1,3}(${separator}[0-9]{3})+|[0-9]+)`,
    point: decimal === '.' ? '[.]' : ',',
    plain: text => (decimal === '.' ? ungrouped(text) : `replace(${ungrouped(text)}, ',', '.')`),
  };
}

/**
 * SQL for a whole number, NULL where the text is none: fractions other than zero, other bases and what is beyond 64
 * bits are none. Text as DuckDB itself would print it is recognised by comparing, which is several times faster than
 * a regular expression.
 * @param quick TRY_CAST of the text to BIGINT.
 */
export function integerFrom(text: string, quick: string, read: ReadOptions): string {
  const { digits, point, plain } = notation(read);
  const zeros = `${point}0*`;
  return `CASE WHEN CAST(${quick} AS VARCHAR) = ${text} THEN ${quick}
    WHEN regexp_full_match(trim(${text}), ${literal(`[+-]?${digits}(${zeros})?`)})
    THEN TRY_CAST(${plain(`regexp_replace(trim(${text}), ${literal(`${zeros}$`)}, '')`)} AS BIGINT) END`;
}

/**
 * SQL for a finite number, NULL where the text is none. A number too small for a double, which would become zero, is
 * none either.
 * @param quick TRY_CAST of the text to DOUBLE.
 */
export function numberFrom(text: string, quick: string, read: ReadOptions): string {
  const { digits, point, plain } = notation(read);
  if (read.thousands === undefined && (read.decimal ?? '.') === '.') {
    return `CASE WHEN isfinite(${quick}) AND NOT contains(${text}, '_') AND ${notUnderflown(quick, text)} THEN ${quick} END`;
  }
  const value = `TRY_CAST(${plain(`trim(${text})`)} AS DOUBLE)`;
  const form = `[+-]?(${digits}(${point}[0-9]*)?|${point}[0-9]+)([eE][+-]?[0-9]+)?`;
  return `CASE WHEN regexp_full_match(trim(${text}), ${literal(form)}) AND isfinite(${value})
    AND ${notUnderflown(value, text)} THEN ${value} END`;
}

const notUnderflown = (value: string, text: string): string =>
  `(${value} <> 0 OR NOT regexp_matches(${text}, '^[^eE]*[1-9]'))`;
