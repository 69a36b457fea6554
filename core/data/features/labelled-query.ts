import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../quote.ts';
import { runSpecSql } from '../spec-sql.ts';
import { usableRows } from './build-examples.ts';
import { exampleColumns, examplesQuery, fromClause, operand, type Relations } from './examples-query.ts';
import { castTo, type FeatureKind, featureSql } from './feature-kind.ts';
import { featuresOf, type TabularSection } from './tabular-section.ts';
import { verifyJoins } from './verify-joins.ts';

/**
 * Makes the table `labelled` of rows whose target is known: features and target as a dataset has them, but without a
 * split. The connection must have one thread, so that equal rows come in one order.
 * @param relations Has the rows under ROWS.
 * @returns How many there are.
 * @throws DatasetError when a join finds several rows for one, or an expression cannot be computed.
 */
export async function createLabelled(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
  model: {
    readonly features: readonly { readonly name: string; readonly kind: FeatureKind }[];
    /** Of a classification: rows of other classes are left out, for no model of these can be right about them. */
    readonly classes: readonly string[] | undefined;
  },
): Promise<number> {
  await verifyJoins(connection, section, relations);
  const { examples, task } = section;
  const columns = exampleColumns(section);
  const { withTarget } = usableRows(section, columns);
  const target = identifier(columns.target);
  const known =
    model.classes === undefined
      ? ''
      : ` AND ${target}::VARCHAR IN (${model.classes.map(literal).join(', ')})`;
  const select = [
    ...model.features.map(({ name, kind }) => `${featureSql(kind, identifier(name))} AS ${identifier(name)}`),
    `${castTo(task === 'regression' ? 'number' : 'category', target)} AS ${target}`,
  ];
  const from = fromClause(section, relations);
  const named = [...featuresOf(examples), { name: 'target', sql: examples.target }];
  await runSpecSql(
    connection,
    `CREATE TEMP TABLE labelled AS SELECT ${select.join(', ')}
     FROM (${examplesQuery(section, relations, { target: true })}) WHERE ${withTarget}${known} ORDER BY ALL`,
    named.map(({ name, sql }) => ({
      ...{ path: name === 'target' ? 'examples.target' : `examples.features.${name}`, sql },
      probe: `SELECT count(${operand(sql)}) FROM ${from}`,
    })),
    from,
  );
  const counted = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM labelled');
  return Number(counted.getRowsJS()[0]?.[0]);
}
