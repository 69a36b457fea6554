import type { ReadOptions } from '../../../spec/schema.ts';
import { literal } from '../../quote.ts';

/** A way to write a day: a regular expression, and the order in which its three groups make year-month-day. */
interface DayForm {
  readonly pattern: string;
  readonly iso: string;
}

// Years from 1000 on: below them two-digit years and typing errors hide.
const YEAR = '([1-9][0-9]{3})';
const NUMBER = '([0-9]{1,2})';

const ISO: DayForm = { pattern: `${YEAR}-${NUMBER}-${NUMBER}`, iso: '\\1-\\2-\\3' };
const SLASHES: DayForm = { pattern: `${YEAR}/${NUMBER}/${NUMBER}`, iso: '\\1-\\2-\\3' };
const YEAR_DOTS: DayForm = { pattern: `${YEAR}[.]${NUMBER}[.]${NUMBER}`, iso: '\\1-\\2-\\3' };
const DAY_DOTS: DayForm = { pattern: `${NUMBER}[.]${NUMBER}[.]${YEAR}`, iso: '\\3-\\2-\\1' };
const DAY_FIRST: DayForm = { pattern: `${NUMBER}[./-]${NUMBER}[./-]${YEAR}`, iso: '\\3-\\2-\\1' };
const MONTH_FIRST: DayForm = { pattern: `${NUMBER}[./-]${NUMBER}[./-]${YEAR}`, iso: '\\3-\\1-\\2' };
const JAPANESE: DayForm = { pattern: `${YEAR}年${NUMBER}月${NUMBER}日`, iso: '\\1-\\2-\\3' };

/** Without a declaration: every form that means one day wherever it is written. 1/2/2026 does not. */
const UNAMBIGUOUS: readonly DayForm[] = [ISO, SLASHES, DAY_DOTS, JAPANESE];

type TextDates = Exclude<NonNullable<ReadOptions['dates']>, 'epoch-seconds' | 'epoch-milliseconds'>;

const DECLARED: Readonly<Record<TextDates, readonly DayForm[]>> = {
  iso: [ISO],
  'year-first': [ISO, SLASHES, YEAR_DOTS],
  'day-first': [DAY_FIRST],
  'month-first': [MONTH_FIRST],
  japanese: [JAPANESE],
};

const CLOCK = '[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?';
const JAPANESE_CLOCK = '[0-9]{1,2}時[0-9]{1,2}分([0-9]{1,2}秒)?';
const MIDNIGHT = '([T ]0{1,2}:00(:00([.,]0+)?)?)?';
const TIME = `([Tt ]${CLOCK}| ?${JAPANESE_CLOCK})?`;
const OFFSET = ' ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)';

const formsFor = ({ dates }: ReadOptions): readonly DayForm[] =>
  dates === undefined
    ? UNAMBIGUOUS
    : dates === 'epoch-seconds' || dates === 'epoch-milliseconds'
      ? []
      : DECLARED[dates];

/**
 * SQL for a day, NULL where the text is none: a time other than midnight makes it none, and 2026-02-30 is none.
 * @param quick TRY_CAST of the text to DATE.
 */
export function dateFrom(text: string, quick: string, read: ReadOptions): string {
  const forms = formsFor(read);
  const epoch = epochFrom(text, read);
  if (epoch !== undefined)
    return `CASE WHEN ${epoch} = date_trunc('day', ${epoch}) THEN CAST(${epoch} AS DATE) END`;
  const branches = forms.map(
    ({ pattern, iso }) => `WHEN regexp_full_match(trim(${text}), ${literal(pattern + MIDNIGHT)})
      THEN TRY_CAST(regexp_replace(trim(${text}), ${literal(`^${pattern}.*$`)}, ${literal(iso)}) AS DATE)`,
  );
  return `CASE ${asPrinted(forms, text, quick, 'DATE')} ${branches.join(' ')} END`;
}

/**
 * SQL for a moment without an offset, as written.
 * @param quick TRY_CAST of the text to TIMESTAMP.
 */
export function localTimeFrom(text: string, quick: string, read: ReadOptions): string {
  const epoch = epochFrom(text, read);
  if (epoch !== undefined) return 'CAST(NULL AS TIMESTAMP)';
  const forms = formsFor(read);
  return `CASE ${asPrinted(forms, text, quick, 'TIMESTAMP')}
    ${forms.map(form => momentBranch(form, text, '', 'TIMESTAMP')).join(' ')} END`;
}

/** SQL for a moment that says by itself where it lies: with an offset, or counted from 1970. In UTC. */
export function absoluteTimeFrom(text: string, read: ReadOptions): string {
  const epoch = epochFrom(text, read);
  if (epoch !== undefined) return epoch;
  const branches = formsFor(read).map(form => momentBranch(form, text, OFFSET, 'TIMESTAMPTZ'));
  return `CAST(CASE ${branches.join(' ')} END AS TIMESTAMPTZ) AT TIME ZONE 'UTC'`;
}

function momentBranch({ pattern, iso }: DayForm, text: string, offset: string, type: string): string {
  const steps: [string, string][] = [
    [`^${pattern}[Tt ]?`, `${iso} `],
    [',', '.'],
  ];
  if (pattern === JAPANESE.pattern) {
    // Two digits for minutes and seconds: one is put in front, and taken away where it makes three.
    steps.push(
      ['([0-9]+)時([0-9]+)分(([0-9]+)秒)?', '\\1:0\\2:0\\4'],
      [':0([0-9]{2})', ':\\1'],
      [':0([0-9]{2})', ':\\1'],
    );
  }
  // DuckDB wants an offset as +09:00, without a space before it.
  if (offset !== '')
    steps.push([' ?([+-][0-9]{2}):?([0-9]{2})?$', '\\1:\\2'], [':$', ':00'], [' ?[Zz]$', 'Z']);
  const plain = steps.reduce(
    (sql, [from, to]) => `regexp_replace(${sql}, ${literal(from)}, ${literal(to)})`,
    `trim(${text})`,
  );
  return `WHEN regexp_full_match(trim(${text}), ${literal(pattern + TIME + offset)}) THEN TRY_CAST(trim(${plain}) AS ${type})`;
}

/** Branches for the text that most files hold, several times faster than regular expressions. */
function asPrinted(
  forms: readonly DayForm[],
  text: string,
  quick: string,
  type: 'DATE' | 'TIMESTAMP',
): string {
  if (!forms.includes(ISO)) return '';
  // DuckDB reads and prints infinity and years before Christ as well.
  const inRange = `${quick} >= ${type} '1000-01-01' AND ${quick} < ${type} '9999-12-31'`;
  // Nineteen characters leave no room for an offset, which DuckDB would overlook.
  const seconds =
    type === 'TIMESTAMP' ? `WHEN ${text} LIKE '____-__-_____:__:__' AND ${inRange} THEN ${quick}` : '';
  return `${seconds} WHEN CAST(${quick} AS VARCHAR) = ${text} AND ${inRange} THEN ${quick}`;
}

/** SQL for a moment counted from 1970, where the contract declares it. Microseconds are kept. */
function epochFrom(text: string, { dates }: ReadOptions): string | undefined {
  if (dates !== 'epoch-seconds' && dates !== 'epoch-milliseconds') return undefined;
  const scale = dates === 'epoch-seconds' ? 1_000_000 : 1000;
  const micros = `CAST(round(TRY_CAST(trim(${text}) AS DECIMAL(24, 6)) * ${scale}) AS BIGINT)`;
  const [whole, fraction] = dates === 'epoch-seconds' ? [11, 6] : [14, 3];
  return `CASE WHEN regexp_full_match(trim(${text}), '-?[0-9]{1,${whole}}([.][0-9]{0,${fraction}})?')
    THEN make_timestamp(${micros}) END`;
}
