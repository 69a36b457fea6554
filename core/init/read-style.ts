import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../data/quote.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import { typedRows } from '../data/upload/contract/typed-rows.ts';
import type { Source } from '../data/upload/reading/source.ts';
import type { ColumnType, ReadOptions } from '../spec/schema.ts';
import { contractOf, type InferredType, inferTypes } from './column-types.ts';
import { probe } from './file-rows.ts';
import { counted, shown, wordsOf } from './names.ts';

/** How the text of a file has to be read beyond what the reader finds out by itself. */
export interface ReadStyle {
  readonly read: ReadOptions;
  /** A reason for each option. */
  readonly why: Readonly<Partial<Record<keyof ReadOptions, string>>>;
  readonly types: ReadonlyMap<string, InferredType>;
}

type Numbers = Pick<ReadOptions, 'decimal' | 'thousands'>;

/**
 * Ways to write numbers; among those that read equally many columns, the first: where every comma stands before three
 * digits, it separates thousands.
 */
const NUMBERS: readonly Numbers[] = [
  { thousands: ',' },
  { decimal: ',' },
  { decimal: ',', thousands: '.' },
  { decimal: ',', thousands: ' ' },
  { thousands: ' ' },
  { thousands: "'" },
];

/**
 * The types of a file's columns, and how numbers and dates are written in it. A way to write is declared only when
 * columns are read by it that are mere text otherwise, and none is lost.
 * @param typed Whether the format stores types: then nothing is written in one way or another.
 */
export async function findReadStyle(
  connection: DuckDBConnection,
  source: Source,
  typed: boolean,
): Promise<ReadStyle> {
  let style: ReadStyle = {
    read: source.read,
    why: {},
    types: await inferTypes(connection, source, source.read, typed),
  };
  if (typed) return style;
  style = await betterNumbers(connection, source, style);
  style = await betterDates(connection, source, style);
  return hasTime(style) ? style : await epochs(connection, source, style);
}

const namesOf = ({ types }: ReadStyle, ...wanted: readonly ColumnType[]): string[] =>
  [...types].flatMap(([name, { type }]) => (wanted.includes(type) ? [name] : []));

const hasTime = (style: ReadStyle): boolean => namesOf(style, 'date', 'timestamp').length > 0;

async function betterNumbers(
  connection: DuckDBConnection,
  source: Source,
  style: ReadStyle,
): Promise<ReadStyle> {
  const before = namesOf(style, 'integer', 'number');
  const texts = namesOf(style, 'string');
  let best = { read: style.read, numbers: before };
  for (const way of NUMBERS) {
    const read = { ...style.read, ...way };
    const { fitting } = await readableAs(connection, source, read, 'number', before, texts);
    if (before.every(name => fitting.includes(name)) && fitting.length > best.numbers.length) {
      best = { read, numbers: fitting };
    }
  }
  const gained = best.numbers.filter(name => !before.includes(name));
  if (gained.length === 0) return style;
  const types = await inferTypes(connection, source, best.read, false);
  // Codes with leading zeros can be read as numbers, and stay text.
  const numbers = gained.filter(name => types.get(name)?.type !== 'string');
  const [example] = numbers;
  if (example === undefined) return style;
  const value = await firstText(connection, source, example, best.read.thousands ?? ',');
  const reason = `numbers such as ${shown(value)} in ${counted(numbers.length, 'column')}`;
  const { decimal, thousands } = best.read;
  return {
    read: best.read,
    why: { ...style.why, ...(decimal && { decimal: reason }), ...(thousands && { thousands: reason }) },
    types,
  };
}

async function betterDates(
  connection: DuckDBConnection,
  source: Source,
  style: ReadStyle,
): Promise<ReadStyle> {
  const before = namesOf(style, 'date', 'timestamp');
  const texts = namesOf(style, 'string');
  let best: { dates: ReadOptions['dates']; fitting: string[]; days: number } | undefined;
  let rivals = 0;
  for (const dates of ['day-first', 'month-first', 'year-first'] as const) {
    const read = { ...style.read, dates };
    const { fitting, days } = await readableAs(connection, source, read, 'timestamp', before, texts);
    if (!before.every(name => fitting.includes(name)) || fitting.length <= before.length) continue;
    rivals++;
    // A month taken for a day scatters dates over the year, so the narrower reading is right.
    const better =
      best === undefined ||
      fitting.length > best.fitting.length ||
      (fitting.length === best.fitting.length && days < best.days);
    if (better) best = { dates, fitting, days };
  }
  const example = best?.fitting.find(name => !before.includes(name));
  if (best === undefined || example === undefined) return style;
  const read = { ...style.read, dates: best.dates };
  const value = await firstText(connection, source, example);
  const doubt =
    rivals > 1 ? '; please check, the day and the month could be the other way round as well' : '';
  return {
    read,
    why: { ...style.why, dates: `dates such as ${shown(value)}${doubt}` },
    types: await inferTypes(connection, source, read, false),
  };
}

const TIME_WORDS = new Set(['time', 'timestamp', 'ts', 'date', 'datetime', 'epoch', 'unix', 'at', 'when']);

/** Years that a number of seconds is taken to lie in; outside of them it counts something else. */
const [FIRST_YEAR, LAST_YEAR] = ['1990-01-01', '2100-01-01'];

/** Only where no column is a date: the declaration is for all columns of the table. */
async function epochs(connection: DuckDBConnection, source: Source, style: ReadStyle): Promise<ReadStyle> {
  const named = namesOf(style, 'integer', 'number').filter(name =>
    wordsOf(name).some(word => TIME_WORDS.has(word)),
  );
  for (const dates of ['epoch-seconds', 'epoch-milliseconds'] as const) {
    const read = { ...style.read, dates };
    const { plausible } = await readableAs(connection, source, read, 'timestamp', [], named);
    const [first] = plausible;
    if (first === undefined) continue;
    const value = await firstText(connection, source, first);
    const times = plausible.map((name): [string, InferredType] => [name, { type: 'timestamp', why: '' }]);
    return {
      read,
      why: { ...style.why, dates: `times such as ${shown(value)} in ${shown(first)}, counted from 1970` },
      types: new Map([...style.types, ...times]),
    };
  }
  return style;
}

interface Readable {
  /** Columns without a value that is not of the type. */
  readonly fitting: string[];
  /** Columns without any value. */
  readonly empty: string[];
  /** Those of them that lie within plausible years. */
  readonly plausible: string[];
  /** Days from the least to the greatest value of the fitting columns, in total; for dates and timestamps. */
  readonly days: number;
}

const NOTHING: Readable = { fitting: [], empty: [], plausible: [], days: 0 };

/**
 * The columns that a way to read makes values of a type.
 * @param others Columns that are of the type without it.
 * @param texts Columns that may be gained: if there is none among the first rows, there is no need to look further.
 */
async function readableAs(
  connection: DuckDBConnection,
  source: Source,
  read: ReadOptions,
  type: 'number' | 'timestamp',
  others: readonly string[],
  texts: readonly string[],
): Promise<Readable> {
  const names = [...others, ...texts];
  const probed = await measure(connection, probe(source), read, type, names);
  if (!probed.fitting.some(name => texts.includes(name))) return NOTHING;
  const { fitting, ...rest } = await measure(connection, source, read, type, probed.fitting);
  return { ...rest, fitting: fitting.filter(name => !rest.empty.includes(name)) };
}

async function measure(
  connection: DuckDBConnection,
  source: Source,
  read: ReadOptions,
  type: 'number' | 'timestamp',
  names: readonly string[],
): Promise<Readable> {
  const contract = contractOf(names.map(name => [name, type]));
  const { rows } = typedRows(contract, { ...source, read });
  if (rows.columns.length === 0) return NOTHING;
  const counts = rows.columns.flatMap(({ raw, value }) => [
    `count(${raw}) = 0 AS ${raw}_empty`,
    `(count(${raw}) = count(${value})
      AND NOT bool_or(coalesce(${zeroGroup(raw, read)}, false))) AS ${raw}_fits`,
    ...(type === 'timestamp'
      ? [
          `date_diff('day', min(${value}), max(${value}))::DOUBLE AS ${raw}_days`,
          `(min(${value}) >= TIMESTAMP '${FIRST_YEAR}' AND max(${value}) < TIMESTAMP '${LAST_YEAR}') AS ${raw}_plausible`,
        ]
      : []),
  ]);
  const found = await oneRow(connection, `SELECT ${counts.join(', ')} FROM (${rows.select()})`);
  const fitting = rows.columns.filter(({ raw }) => found[`${raw}_fits`] === true);
  return {
    fitting: fitting.map(({ name }) => name),
    empty: rows.columns.filter(({ raw }) => found[`${raw}_empty`] === true).map(({ name }) => name),
    plausible: fitting.filter(({ raw }) => found[`${raw}_plausible`] === true).map(({ name }) => name),
    days: fitting.reduce((sum, { raw }) => sum + Number(found[`${raw}_days`] ?? 0), 0),
  };
}

/** SQL that is true where a number begins with a group of a single zero: its separator is the decimal one. */
const zeroGroup = (raw: string, { thousands }: ReadOptions): string =>
  thousands === undefined
    ? 'false'
    : `starts_with(ltrim(CAST(${raw} AS VARCHAR), '+-'), ${literal(`0${thousands}`)})`;

/** The first value of a column, or the first that contains a text. */
async function firstText(
  connection: DuckDBConnection,
  source: Source,
  name: string,
  containing = '',
): Promise<string> {
  const sql = source.columns.find(column => column.name === name)?.sql ?? 'NULL';
  // The order of the rows decides which is the first, whatever the number of threads.
  const found = await oneRow(
    connection,
    `SELECT ${sql} AS v FROM ${source.from} WHERE contains(CAST(${sql} AS VARCHAR), ${literal(containing)}) LIMIT 1`,
  );
  return String(found.v);
}
