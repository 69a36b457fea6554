import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../quote.ts';
import { runSpecSql } from '../spec-sql.ts';
import { SQL_TYPES } from '../upload/contract/sql-types.ts';
import { usableRows } from './build-examples.ts';
import { exampleColumns, examplesQuery, fromClause, operand, type Relations } from './examples-query.ts';
import { castTo, type FeatureKind, featureSql } from './feature-kind.ts';
import { featuresOf, type TabularSection } from './tabular-section.ts';
import { verifyJoins } from './verify-joins.ts';

/** Names with spaces, which neither features nor other columns of the query have. */
export const OBSERVED_KEY = 'key of the row';
export const OBSERVED_MOMENT = 'moment of the row';
const HAS_TARGET = 'target is known';

/** SQL of the values of an id as one text. Separator and missing value are characters that text does not have. */
export const keySql = (values: readonly string[]): string =>
  `concat_ws(chr(31), ${values.map(value => `coalesce(${value}::VARCHAR, chr(30))`).join(', ')})`;

/** SQL of a value of an id column of the base table, from text of any form that the column's type can be read from. */
export function idSql({ tables, examples }: TabularSection, column: string, text: string): string {
  const type = tables[examples.base]?.columns[column]?.type ?? 'string';
  return `TRY_CAST(${text} AS ${SQL_TYPES[type]})`;
}

/**
 * Makes the table `observed` of rows as they were accepted, whether or not their target is known: features as a model
 * sees them; OBSERVED_KEY, the id as one text; OBSERVED_MOMENT, milliseconds since 1970, null without a time; and the
 * target, null where it is not known. Of rows with the same id, those without a target give way to those with one: a
 * label that arrives late comes with its row again. The connection must have one thread, so that equal rows come in
 * one order.
 * @param relations Has the rows under ROWS.
 * @returns How many rows there are.
 * @throws DatasetError when a join finds several rows for one, or an expression cannot be computed.
 */
export async function createObserved(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
  features: readonly { readonly name: string; readonly kind: FeatureKind }[],
): Promise<number> {
  await verifyJoins(connection, section, relations);
  const { examples, task } = section;
  const columns = exampleColumns(section);
  const { withTarget } = usableRows(section, columns);
  const [target, key, known] = [columns.target, OBSERVED_KEY, HAS_TARGET].map(identifier);
  const moment = columns.time === undefined ? 'NULL' : `epoch_ms(${identifier(columns.time)})`;
  const select = [
    ...features.map(({ name, kind }) => `${featureSql(kind, identifier(name))} AS ${identifier(name)}`),
    `${castTo(task === 'regression' ? 'number' : 'category', `CASE WHEN ${known} THEN ${target} END`)} AS ${target}`,
    `${key}, ${moment}::DOUBLE AS ${identifier(OBSERVED_MOMENT)}`,
  ];
  const query = `
    SELECT *, ${withTarget} AS ${known}, ${keySql(columns.id.map(identifier))} AS ${key}
    FROM (${examplesQuery(section, relations, { target: true })})
    QUALIFY ${known} OR NOT bool_or(${known}) OVER (PARTITION BY ${key})`;
  const from = fromClause(section, relations);
  const named = [...featuresOf(examples), { name: 'target', sql: examples.target }];
  await runSpecSql(
    connection,
    `CREATE TEMP TABLE observed AS SELECT ${select.join(', ')} FROM (${query}) ORDER BY ALL`,
    named.map(({ name, sql }) => ({
      ...{ path: name === 'target' ? 'examples.target' : `examples.features.${name}`, sql },
      probe: `SELECT count(${operand(sql)}) FROM ${from}`,
    })),
    from,
  );
  const counted = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM observed');
  return Number(counted.getRowsJS()[0]?.[0]);
}
