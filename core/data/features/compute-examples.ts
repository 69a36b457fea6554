import type { DuckDBConnection } from '@duckdb/node-api';
import { LeakageError } from '../../telemetry/errors.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier, literal } from '../quote.ts';
import { runSpecSql, type SpecExpression } from '../spec-sql.ts';
import { exampleColumns, examplesQuery, fromClause, operand, type Relations } from './examples-query.ts';
import { splitKeySql } from './split-examples.ts';
import { featuresOf, type TabularSection } from './tabular-section.ts';
import { verifyJoins } from './verify-joins.ts';

/** Names with a space, which neither features nor other columns of the query have. */
export const SPLIT_KEY = 'key of the split';
const measuredColumn = (feature: string): string => `measured ${feature}`;

/**
 * Computes the examples of a section into a Parquet file, which holds more than memory does: the columns of
 * `exampleColumns` without the group, which is SPLIT_KEY; that is there unless the split is by time.
 * @returns SQL of the rows.
 * @throws DatasetError when a join is not many-to-one or an expression fails.
 * @throws LeakageError when a feature was measured after its example.
 */
export async function computeExamples(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
  path: string,
): Promise<string> {
  await verifyJoins(connection, section, relations);
  const { examples } = section;
  const from = fromClause(section, relations);
  const expression = (path: string, sql: string): SpecExpression => ({
    ...{ path, sql },
    probe: `SELECT count(${operand(sql)}) FROM ${from}`,
  });
  const features = featuresOf(examples);
  const measured = features.flatMap(({ name, measured: sql }) => (sql === undefined ? [] : [{ name, sql }]));
  const more = [
    ...(section.split.by === 'time' ? [] : [`${splitKeySql(section)} AS ${identifier(SPLIT_KEY)}`]),
    ...measured.map(({ name, sql }) => `${operand(sql)}::TIMESTAMP AS ${identifier(measuredColumn(name))}`),
  ];
  await runSpecSql(
    connection,
    `COPY (${examplesQuery(section, relations, { target: true, more })}) TO ${literal(path)} (FORMAT parquet)`,
    [
      ...(examples.where === undefined ? [] : [expression('examples.where', examples.where)]),
      ...features.map(({ name, sql }) => expression(`examples.features.${name}`, sql)),
      ...measured.map(({ name, sql }) => expression(`examples.features.${name}.measured`, sql)),
      expression('examples.target', examples.target),
    ],
    from,
  );
  const rows = parquetRows([path]);
  await refuseLateFeatures(connection, section, rows);
  return rows;
}

/** A value measured after its example would not have been there when it was needed. */
async function refuseLateFeatures(
  connection: DuckDBConnection,
  section: TabularSection,
  rows: string,
): Promise<void> {
  const { time, id } = exampleColumns(section);
  if (time === undefined) return;
  for (const { name, measured } of featuresOf(section.examples)) {
    if (measured === undefined) continue;
    const moment = identifier(measuredColumn(name));
    const result = await connection.runAndReadAll(`
      SELECT count(*) OVER ()::DOUBLE, ${moment}::VARCHAR, ${identifier(time)}::VARCHAR, ${id.map(column => `${identifier(column)}::VARCHAR`).join(', ')}
      FROM ${rows} WHERE ${moment} > ${identifier(time)} ORDER BY ALL LIMIT 1
    `);
    const [late] = result.getRowsJS();
    if (late === undefined) continue;
    const [count, at, example, ...values] = late;
    const where = section.examples.id.map((column, i) => `${column} = ${values[i]}`).join(', ');
    throw new LeakageError(
      `examples.features.${name} was measured after its example in ${count} rows, such as at ${at} for the example of ` +
        `${example} (${where}). Use a value that is known at the time of the example, such as through an as-of join.`,
    );
  }
}
