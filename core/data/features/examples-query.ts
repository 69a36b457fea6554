import { durationOf } from '../../spec/schema.ts';
import { identifier, literal } from '../quote.ts';
import { aliasOf, exampleTime, featuresOf, type TabularSection } from './tabular-section.ts';

/** SQL of a relation for each table of a spec: accepted parts, a request, or an empty table of the contract's columns. */
export type Relations = Readonly<Record<string, string>>;

/**
 * Under this name, which no table can have: the rows to make examples of, where they are not those of the base table.
 * A join with the base table itself still looks into the table.
 */
export const ROWS = 'rows to make examples of';

/** SQL of the rows that examples are made of. */
export const exampleRows = ({ examples }: TabularSection, relations: Relations): string =>
  relations[ROWS] ?? relations[examples.base] ?? '';

/** Names of the columns that an examples query gives. */
export interface ExampleColumns {
  /** One per column of `examples.id`. */
  readonly id: readonly string[];
  /** TIMESTAMP; undefined where the base table has no time. */
  readonly time: string | undefined;
  /** The values that a split by group keeps together, as one text; undefined of any other split. */
  readonly group: string | undefined;
  /** One per feature: its own name. */
  readonly features: readonly string[];
  readonly target: string;
}

/** Features keep their names; the other columns step aside where one of these is taken. DuckDB ignores case. */
export function exampleColumns(section: TabularSection): ExampleColumns {
  const features = Object.keys(section.examples.features);
  const taken = new Set(features.map(name => name.toLowerCase()));
  const claim = (name: string): string => {
    if (taken.has(name.toLowerCase())) return claim(`${name}_`);
    taken.add(name.toLowerCase());
    return name;
  };
  return {
    features,
    target: claim('target'),
    time: exampleTime(section) === undefined ? undefined : claim('time'),
    group: section.split.by === 'group' ? claim('group') : undefined,
    id: section.examples.id.map(column => claim(`id_${column}`)),
  };
}

/** A SQL expression of the spec as one operand: a comment at its end must not swallow what follows. */
export const operand = (sql: string): string => `(${sql}\n)`;

/** SQL of the time of an example, or undefined where the base table has none. */
export function exampleTimeSql(section: TabularSection): string | undefined {
  const time = exampleTime(section);
  return time === undefined
    ? undefined
    : `${identifier(section.examples.base)}.${identifier(time)}::TIMESTAMP`;
}

/**
 * The base table and its joins, each of which adds columns and never rows when it is many-to-one.
 * @param joins How many of the joins, from the first on.
 */
export function fromClause(
  section: TabularSection,
  relations: Relations,
  joins = section.examples.joins.length,
): string {
  const { base } = section.examples;
  const parts = [`${exampleRows(section, relations)} AS ${identifier(base)}`];
  for (const i of section.examples.joins.slice(0, joins).keys())
    parts.push(joinClause(section, relations, i));
  return parts.join('\n');
}

/**
 * An as-of join takes the newest row that was known at the time of the example, and no row that came later. Of the
 * base table itself it takes an earlier one: a row of the same time may be the example's own.
 */
function joinClause(section: TabularSection, relations: Relations, index: number): string {
  const join = section.examples.joins[index];
  if (join === undefined) throw new TypeError(`There is no join ${index}`);
  const right = `${relations[join.table]} AS ${identifier(aliasOf(join))}`;
  const on = operand(join.on);
  if (join.asof !== true) return `LEFT JOIN ${right} ON ${on}`;
  const after = join.table === section.examples.base ? '>' : '>=';
  return `ASOF LEFT JOIN ${right} ON ${on} AND ${exampleTimeSql(section)} ${after} ${knownSql(section, index)}`;
}

/** SQL of the moment from which on a row of an as-of join is known. */
export function knownSql({ tables, examples }: TabularSection, index: number): string {
  const join = examples.joins[index];
  const time = join && tables[join.table]?.time;
  if (join === undefined || time === undefined) throw new TypeError(`Join ${index} has no time column`);
  const column = `${identifier(aliasOf(join))}.${identifier(time)}::TIMESTAMP`;
  return join.delay === undefined ? column : `${column} + INTERVAL ${literal(durationOf(join.delay).text)}`;
}

/**
 * The one query that makes examples: for training from accepted parts, for prediction from the rows of a request.
 * Columns as `exampleColumns` names them, but for the group; without `target` for prediction, where it is not known.
 * @param options.more Further SQL columns, each with its alias.
 */
export function examplesQuery(
  section: TabularSection,
  relations: Relations,
  options: { readonly target: boolean; readonly more?: readonly string[] },
): string {
  const { examples } = section;
  const columns = exampleColumns(section);
  const base = identifier(examples.base);
  const select = [
    ...examples.id.map(
      (column, i) => `${base}.${identifier(column)} AS ${identifier(columns.id[i] ?? column)}`,
    ),
    ...(columns.time === undefined ? [] : [`${exampleTimeSql(section)} AS ${identifier(columns.time)}`]),
    ...featuresOf(examples).map(({ name, sql }) => `${operand(sql)} AS ${identifier(name)}`),
    ...(options.target ? [`${operand(examples.target)} AS ${identifier(columns.target)}`] : []),
    ...(options.more ?? []),
  ];
  const where = examples.where === undefined ? '' : `\nWHERE ${operand(examples.where)}`;
  return `SELECT ${select.join(',\n  ')}\nFROM ${fromClause(section, relations)}${where}`;
}
