import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import { predictionColumns } from '../spec/forecast-columns.ts';
import { type ColumnFacts, isUnique, type SampleFacts } from './column-facts.ts';
import { counted, identifierFor, namesThings } from './names.ts';
import type { Reference } from './references.ts';
import type { Target } from './target.ts';
import { tellsTarget } from './telling-columns.ts';
import type { TimeColumn } from './time-column.ts';

/** A table that examples look values up in. */
export interface InferredJoin {
  readonly table: string;
  /** Its name in the expressions. */
  readonly as: string;
  readonly on: string;
}

export interface InferredFeatures {
  readonly joins: readonly InferredJoin[];
  readonly features: readonly { readonly name: string; readonly sql: string }[];
  /** Columns that are no features, with the reasons. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** Text with more values than these is no category. */
const MOST_CATEGORIES = 1000;

/** Joins beyond this are seldom of use, and each has to be looked up for every prediction. */
const MOST_JOINS = 8;

/**
 * Features of every column that can be one: of the table itself, and of the tables that its foreign keys lead to.
 * @param sql Writes a column's name in SQL.
 */
export async function inferFeatures(
  connection: DuckDBConnection,
  target: Target,
  time: TimeColumn | undefined,
  samples: readonly SampleFacts[],
  references: readonly Reference[],
  sql: (name: string) => string,
): Promise<InferredFeatures> {
  const features: { name: string; sql: string }[] = [];
  const leftOut: { name: string; why: string }[] = [];
  const add = (name: string, expression: string): void => {
    const taken = features.map(feature => feature.name);
    features.push({ name: identifierFor(name, 'feature', taken), sql: expression });
  };
  const { sample: base, column: answer } = target;
  for (const [name, expression] of await timeFeatures(connection, base, time, sql)) add(name, expression);
  const foreign = new Set(references.filter(({ table }) => table === base.table).map(({ column }) => column));
  for (const fact of base.facts) {
    if (fact.name === answer.name || fact.name === time?.column.name) continue;
    const why = predictionColumns(target.task).includes(fact.name.toLowerCase())
      ? 'answers need this name, so rename the column'
      : (await tellsTarget(connection, target, fact))
        ? 'it tells the target beyond doubt, so it was probably written with it or after it'
        : unfit(fact);
    if (why !== undefined) leftOut.push({ name: `${base.table}.${fact.name}`, why });
    else add(fact.name, featureSql(`${base.table}.${sql(fact.name)}`, fact, foreign.has(fact.name)));
  }
  const joins = joinsFrom(base, samples, references, answer.name, sql);
  for (const { as, sample, key } of joins) {
    for (const fact of sample.facts) {
      if (fact.name === key) continue;
      const why = isUnique(fact) && fact.type === 'string' ? `it tells no more than ${key}` : unfit(fact);
      if (why !== undefined) leftOut.push({ name: `${as}.${fact.name}`, why });
      else add(`${as}_${fact.name}`, featureSql(`${as}.${sql(fact.name)}`, fact, false));
    }
  }
  return { joins, features, leftOut };
}

/** Why a column cannot be a feature; undefined when it can. */
function unfit({ name, type, distinct, missing, rows }: ColumnFacts): string | undefined {
  const values = rows - missing;
  if (distinct < 2) return distinct === 0 ? 'it has no value' : 'it has one value only';
  if (type === 'date' || type === 'timestamp') {
    return 'a moment is no feature, and may lie after the event; a part of it can be one, such as month(…)';
  }
  const isName = type === 'string' || (type === 'integer' && namesThings(name));
  if (isName && distinct === values) return 'each row has a value of its own';
  return isName && distinct > MOST_CATEGORIES ? `it has ${counted(distinct, 'different value')}` : undefined;
}

/** Numbers that name things have no order: they are categories, as text. */
const featureSql = (column: string, { name, type }: ColumnFacts, isForeign: boolean): string =>
  type === 'integer' && (isForeign || namesThings(name)) ? `${column}::VARCHAR` : column;

/** Parts of the time that differ between the rows: hour, day of the week, month. */
async function timeFeatures(
  connection: DuckDBConnection,
  { table, data }: SampleFacts,
  time: TimeColumn | undefined,
  sql: (name: string) => string,
): Promise<[string, string][]> {
  if (time === undefined) return [];
  const at = identifier(time.column.name);
  const found = await oneRow(
    connection,
    `SELECT count(DISTINCT hour(CAST(${at} AS TIMESTAMP)))::DOUBLE AS hours,
       count(DISTINCT date_trunc('day', ${at}))::DOUBLE AS days, count(DISTINCT year(${at}) * 12 + month(${at}))::DOUBLE AS months
     FROM read_parquet(${literal(data)})`,
  );
  const column = `${table}.${sql(time.column.name)}`;
  return [
    ...(Number(found.hours) > 1 ? [['hour', `hour(${column})`] satisfies [string, string]] : []),
    ...(Number(found.days) > 7 ? [['weekday', `dayofweek(${column})`] satisfies [string, string]] : []),
    // Less than two years do not tell a month from a trend.
    ...(Number(found.months) > 24 ? [['month', `month(${column})`] satisfies [string, string]] : []),
  ];
}

/** The tables that foreign keys lead to, directly and through others. A key that is the target leads nowhere. */
function joinsFrom(
  base: SampleFacts,
  samples: readonly SampleFacts[],
  references: readonly Reference[],
  target: string,
  sql: (name: string) => string,
): (InferredJoin & { readonly sample: SampleFacts; readonly key: string })[] {
  const joins: (InferredJoin & { readonly sample: SampleFacts; readonly key: string })[] = [];
  const reached: { readonly table: string; readonly as: string }[] = [{ table: base.table, as: base.table }];
  for (const from of reached) {
    for (const { table, column, target: to } of references) {
      const sample = samples.find(one => one.table === to.table);
      if (table !== from.table || sample === undefined || joins.length === MOST_JOINS) continue;
      if (from.as === base.table && column === target) continue;
      const isOnly = references.filter(other => other.target.table === to.table).length === 1;
      const name = isOnly ? to.table : from.as === base.table ? column : `${from.as}_${column}`;
      const as = identifierFor(
        name,
        'joined',
        reached.map(one => one.as),
      );
      const on = `${from.as}.${sql(column)} = ${as}.${sql(to.column)}`;
      joins.push({ table: to.table, as, on, sample, key: to.column });
      reached.push({ table: to.table, as });
    }
  }
  return joins;
}
