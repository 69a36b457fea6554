import type { DuckDBConnection } from '@duckdb/node-api';
import { oneRow } from '../data/upload/contract/staged.ts';
import { typedRows } from '../data/upload/contract/typed-rows.ts';
import type { Source } from '../data/upload/reading/source.ts';
import { type ColumnType, forecastingSpecSchema, type ReadOptions, type TableSpec } from '../spec/schema.ts';
import { probe } from './file-rows.ts';
import { counted, shown } from './names.ts';

/** The type of a column, and why. */
export interface InferredType {
  readonly type: ColumnType;
  readonly why: string;
}

/** A contract that says nothing but types. */
export const contractOf = (types: Iterable<readonly [string, ColumnType]>): TableSpec =>
  forecastingSpecSchema.shape.tables.valueType.parse({
    columns: Object.fromEntries([...types].map(([name, type]) => [name, { type }])),
  });

/** How the values of a column look as one type. */
export interface Trial {
  /** Rows with a value. */
  readonly filled: number;
  /** Values that the type cannot read. */
  readonly bad: number;
  /** The least such value, as text. */
  readonly example: string | undefined;
  /** Values of the type whose text says that another one is meant. */
  readonly doubtful: number;
}

/**
 * The type of every column: the first of those that fit the way it is stored by which the reader of uploads reads all
 * values. So the reader's own rules decide, and the file that is looked at meets the contract.
 * @param typed Whether the format stores types, so that text is text.
 * @returns Columns that no type fits are left out.
 */
export async function inferTypes(
  connection: DuckDBConnection,
  source: Source,
  read: ReadOptions,
  typed: boolean,
): Promise<Map<string, InferredType>> {
  const reports = new Map<string, string>();
  const stored = new Map(source.columns.map(({ name, type }) => [name, type]));
  const search = async (from: Source, columns: Candidates, whole: boolean) => {
    const fitting = new Map<string, Fit>();
    let open = columns;
    while (open.size > 0) {
      const trials = await tryTypes(connection, { ...from, read }, firstOf(open), whole);
      const next: Candidates = new Map();
      for (const [name, candidates] of open) {
        const [type, ...others] = candidates;
        if (type === undefined) continue;
        const trial = trials.get(name);
        if (trial !== undefined && trial.bad === 0 && (trial.doubtful === 0 || others.length === 0)) {
          fitting.set(name, { candidates, type, trial });
        } else {
          if (trial !== undefined) noteNearMiss(reports, name, type, trial);
          next.set(name, others);
        }
      }
      open = next;
    }
    return fitting;
  };
  const all: Candidates = new Map([...stored].map(([name, type]) => [name, candidatesFor(type, typed)]));
  const probed = await search(probe(source), all, false);
  const left: Candidates = new Map([...probed].map(([name, { candidates }]) => [name, candidates]));
  const found = await search(source, left, true);
  return new Map(
    [...found].map(([name, fit]) => [
      name,
      typeWithReason(fit, stored.get(name) === 'VARCHAR', reports.get(name)),
    ]),
  );
}

/** Types that a column may still have, the first of them to be tried next. */
type Candidates = Map<string, readonly ColumnType[]>;

interface Fit {
  readonly candidates: readonly ColumnType[];
  readonly type: ColumnType;
  readonly trial: Trial;
}

const firstOf = (open: Candidates): [string, ColumnType][] =>
  [...open].flatMap(([name, [type]]): [string, ColumnType][] => (type === undefined ? [] : [[name, type]]));

/** Text that nearly is a number or a date is worth a word to the reader. */
const NEARLY = 0.9;

function noteNearMiss(reports: Map<string, string>, name: string, type: ColumnType, trial: Trial): void {
  const { filled, bad, example } = trial;
  if (bad === 0 || example === undefined || (filled - bad) / filled < NEARLY) return;
  const word = type === 'date' || type === 'timestamp' ? 'no date' : 'no number';
  reports.set(
    name,
    `${counted(bad, 'value')} of ${counted(filled, 'row')} ${bad === 1 ? 'is' : 'are'} ${word}, such as ${shown(example)}`,
  );
}

function typeWithReason({ type, trial }: Fit, text: boolean, report: string | undefined): InferredType {
  if (trial.filled === 0 && text)
    return { type: 'string', why: 'no value in the sample, so the type is a guess' };
  return { type, why: type === 'string' && report !== undefined ? report : '' };
}

/** Types in the order in which they are tried, by the type that a file stores. */
function candidatesFor(stored: string, typed: boolean): readonly ColumnType[] {
  // Who stores digits as text beside typed columns means text.
  if (stored === 'VARCHAR' && typed) return ['date', 'timestamp', 'string'];
  if (stored === 'VARCHAR') return ['integer', 'number', 'boolean', 'date', 'timestamp', 'string'];
  if (/INT/.test(stored) || /^DECIMAL\(\d+,0\)$/.test(stored)) return ['integer', 'number', 'string'];
  if (/^(FLOAT|DOUBLE|DECIMAL)/.test(stored)) return ['number', 'string'];
  if (stored === 'BOOLEAN') return ['boolean'];
  if (stored === 'DATE') return ['date'];
  return stored.startsWith('TIMESTAMP') ? ['timestamp'] : ['string'];
}

/** SQL that is true where the text of a value says that another type is meant. */
const DOUBTS: Readonly<Partial<Record<ColumnType, (text: string) => string>>> = {
  // 00501 is a code, whose zeros a number would lose; 5.0 may be 5.5 tomorrow.
  integer: t => `${t}[1] = '0' AND length(${t}) > 1 OR contains(${t}, '.')`,
  number: t => `${t}[1] = '0' AND ${t}[2] BETWEEN '0' AND '9'`,
  // A file with a clock in it may have other times than midnight tomorrow.
  date: t => `contains(${t}, ':')`,
};

/**
 * Reads every column as one type. Columns that cannot be stored as the type are missing in the answer.
 * @param whole Whether the source has all rows, so that what is not in it is not there.
 */
export async function tryTypes(
  connection: DuckDBConnection,
  source: Source,
  types: readonly (readonly [string, ColumnType])[],
  whole: boolean,
): Promise<Map<string, Trial>> {
  const { rows } = typedRows(contractOf(types), source);
  if (rows.columns.length === 0) return new Map();
  const stored = new Map(source.columns.map(({ name, type }) => [name, type]));
  const counts = rows.columns.flatMap(({ name, spec, raw, value }) => {
    const bad = `${raw} IS NOT NULL AND ${value} IS NULL`;
    const doubt = stored.get(name) === 'VARCHAR' ? DOUBTS[spec.type]?.(raw) : undefined;
    return [
      `count(${raw})::DOUBLE AS ${raw}_filled`,
      `(count(*) FILTER (${bad}))::DOUBLE AS ${raw}_bad`,
      `min(CAST(${raw} AS VARCHAR)) FILTER (${bad}) AS ${raw}_example`,
      `(count(*) FILTER (${value} IS NOT NULL AND (${doubt ?? 'false'})))::DOUBLE AS ${raw}_doubtful`,
      ...(spec.type === 'boolean' ? [`count(DISTINCT ${value})::DOUBLE AS ${raw}_kinds`] : []),
    ];
  });
  const found = await oneRow(connection, `SELECT ${counts.join(', ')} FROM (${rows.select()})`);
  return new Map(
    rows.columns.map(({ name, spec, raw }) => {
      const example = found[`${raw}_example`];
      const filled = Number(found[`${raw}_filled`]);
      // Nothing but Y may be the first of many letters; the first rows alone cannot tell.
      const kinds = found[`${raw}_kinds`];
      const onesided = whole && spec.type === 'boolean' && stored.get(name) === 'VARCHAR' && kinds !== 2;
      return [
        name,
        {
          filled,
          bad: Number(found[`${raw}_bad`]),
          example: typeof example === 'string' ? example : undefined,
          doubtful: onesided ? filled : Number(found[`${raw}_doubtful`]),
        },
      ];
    }),
  );
}
