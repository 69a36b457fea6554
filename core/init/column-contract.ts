import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { boundsFor, degreesFor } from './bounds.ts';
import { type ColumnFacts, isUnique, type SampleFacts } from './column-facts.ts';
import { type Entry, entriesOf, Section } from './draft.ts';
import { counted, namesThings, percent } from './names.ts';
import type { Reference } from './references.ts';

/** What the rest of the spec makes of a column. */
export interface ColumnRole {
  readonly reference: Reference | undefined;
  /** Whether it names rows or series: new names may come at any time. */
  readonly names: boolean;
  readonly isTime: boolean;
}

/** Rules need so many rows behind them. */
const MANY_ROWS = 1000;

/** Tomorrow may be worse than today, but not all of a column may vanish. */
const MOST_MISSING = 0.5;

/** The contract of a column: as strict as its sample allows, and loose enough for the files to come. */
export function columnContract(fact: ColumnFacts, role: ColumnRole, values: Categories | undefined): Entry {
  const { name, type, missing, rows, why } = fact;
  const reasons = [missing === rows ? '' : fillOf(fact), why];
  const isName = role.names || role.reference !== undefined || namesThings(name) || isSerial(fact);
  const bounds = isName ? undefined : boundsOf(fact);
  const share = missing / rows;
  const mostMissing = rows >= MANY_ROWS && share > 0 ? Math.ceil((2 * share + 0.05) * 20) / 20 : undefined;
  const earliest = role.isTime ? earliestOf(fact) : undefined;
  reasons.push(bounds?.why ?? '', role.reference?.why ?? '', values?.why ?? '', earliest?.why ?? '');
  const options = {
    type,
    required: missing === 0 ? true : undefined,
    min: bounds?.min ?? earliest?.min,
    max: bounds?.max,
    values: values?.values,
    references: role.reference && `${role.reference.target.table}.${role.reference.target.column}`,
    tolerance: role.reference?.tolerance ?? values?.tolerance,
    max_missing: mostMissing !== undefined && mostMissing <= MOST_MISSING ? mostMissing : undefined,
  };
  const reason = reasons.filter(text => text !== '').join('; ');
  return { key: name, value: new Section(entriesOf(options), { inline: true }), why: reason };
}

const fillOf = ({ rows, missing }: ColumnFacts): string =>
  missing === 0
    ? `a value in each of ${counted(rows, 'row')}`
    : `missing in ${percent(missing / rows)} of ${counted(rows, 'row')}`;

/** Whole numbers that are handed out one after the other outgrow every bound. */
const isSerial = (fact: ColumnFacts): boolean =>
  fact.type === 'integer' &&
  isUnique(fact) &&
  fact.range !== undefined &&
  fact.range.max - fact.range.min < 10 * fact.rows;

const boundsOf = ({ name, range }: ColumnFacts) =>
  range === undefined ? undefined : (degreesFor(name, range) ?? boundsFor(range));

/** Years before the earliest row that old deliveries may still come from. */
const YEARS_BACK = 10;

/** A placeholder such as 1900-01-01 would stretch the grid over a century. */
function earliestOf({ least, greatest }: ColumnFacts): { min: string; why: string } | undefined {
  if (least === null || greatest === null) return undefined;
  const year = Number(least.slice(0, 4)) - YEARS_BACK;
  if (year < 1000) return undefined;
  return {
    min: `${year}-01-01`,
    why: `${least} to ${greatest} seen; min keeps out placeholders such as 1900-01-01`,
  };
}

/** Values that a column of categories may take. */
export interface Categories {
  readonly values: readonly string[];
  readonly tolerance: number;
  readonly why: string;
}

const MOST_CATEGORIES = 12;

/** Each category must be so common that one which is not there yet is unlikely. */
const RAREST_ROWS = 20;
const RAREST_SHARE = 0.01;

/** A new category in a few rows is news, not an error. */
const CATEGORY_TOLERANCE = 0.05;

/** The values of a text column, where they are few, none is rare, and both halves of the rows have them all. */
export async function categoriesOf(
  connection: DuckDBConnection,
  sample: SampleFacts,
  fact: ColumnFacts,
): Promise<Categories | undefined> {
  const { name, type, distinct, rows } = fact;
  if (type !== 'string' || rows < MANY_ROWS || distinct < 2 || distinct > MOST_CATEGORIES) return undefined;
  const value = identifier(name);
  const found = await connection.runAndReadAll(
    `SELECT ${value} AS value, count(*)::DOUBLE AS n,
       (count(*) FILTER (file_row_number < ${Math.floor(rows / 2)}))::DOUBLE AS early
     FROM read_parquet(${literal(sample.data)}, file_row_number = true) WHERE ${value} IS NOT NULL
     GROUP BY 1 ORDER BY 1`,
  );
  const kinds = found
    .getRowsJS()
    .map(([text, n, early]) => ({ text: String(text), n: Number(n), early: Number(early) }));
  const least = Math.max(RAREST_ROWS, rows * RAREST_SHARE);
  if (!kinds.every(({ n, early }) => n >= least && early > 0 && early < n)) return undefined;
  const rarest = Math.min(...kinds.map(({ n }) => n));
  return {
    values: kinds.map(({ text }) => text),
    tolerance: CATEGORY_TOLERANCE,
    why: `${distinct} values, the rarest in ${counted(rarest, 'row')}, all in both halves of the file`,
  };
}
