import type { DuckDBConnection } from '@duckdb/node-api';
import { DatasetError } from '../../telemetry/errors.ts';
import { identifier } from '../quote.ts';
import { fromClause, knownSql, operand, type Relations } from './examples-query.ts';
import { aliasOf, type TabularSection } from './tabular-section.ts';

/** Numbers the rows of the base table while a join is judged; no contract has a column of this name. */
const ROW = 'antei row number';

/**
 * Proves that every join is many-to-one: an example gets at most one row of each joined table. A plain join that
 * finds two would multiply examples; an as-of join that finds two of the same moment would pick one by chance.
 * @throws DatasetError that names the join, its condition, an example, and the rows that it found.
 */
export async function verifyJoins(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
): Promise<void> {
  const { joins } = section.examples;
  const rowsWith = async (count: number): Promise<number> => {
    const result = await connection.runAndReadAll(
      `SELECT count(*)::DOUBLE FROM ${fromClause(section, relations, count)}`,
    );
    return Number(result.getRowsJS()[0]?.[0]);
  };
  // Left joins never lose rows: equal counts at both ends prove all plain joins at once.
  if ((await rowsWith(0)) !== (await rowsWith(joins.length))) {
    for (const [i, join] of joins.entries())
      if (join.asof !== true) await refuseSeveral(connection, section, relations, i);
  }
  for (const [i, join] of joins.entries())
    if (join.asof === true) await refuseSeveral(connection, section, relations, i);
}

/** Throws when a row of the base table finds several rows through one join. */
async function refuseSeveral(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
  index: number,
): Promise<void> {
  const { examples } = section;
  const join = examples.joins[index];
  if (join === undefined) return;
  const alias = identifier(aliasOf(join));
  const row = `${identifier(examples.base)}.${identifier(ROW)}`;
  const numbered = `(SELECT *, row_number() OVER () AS ${identifier(ROW)} FROM ${relations[examples.base]})`;
  const source = { ...relations, [examples.base]: numbered };
  const id = examples.id.map(column => `${identifier(examples.base)}.${identifier(column)}::VARCHAR`);

  const matches =
    join.asof === true
      ? // The moment of the row that the join took, and then all rows of that moment.
        `WITH taken AS (
           SELECT ${row} AS example, ${knownSql(section, index)} AS moment FROM ${fromClause(section, source, index + 1)}
         )
         SELECT ${row} AS example, ${alias}::VARCHAR AS found, ${id.map((sql, i) => `${sql} AS id_${i}`).join(', ')}
         FROM ${fromClause(section, source, index)}
         JOIN taken ON taken.example = ${row}
         JOIN ${relations[join.table]} AS ${alias} ON ${operand(join.on)} AND ${knownSql(section, index)} = taken.moment`
      : `SELECT ${row} AS example, ${alias}::VARCHAR AS found, ${id.map((sql, i) => `${sql} AS id_${i}`).join(', ')}
         FROM ${fromClause(section, source, index)}
         JOIN ${relations[join.table]} AS ${alias} ON ${operand(join.on)}`;
  const result = await connection.runAndReadAll(`
    SELECT count(*)::DOUBLE, min(found), max(found), ${id.map((_, i) => `any_value(id_${i})`).join(', ')}
    FROM (${matches}) GROUP BY example HAVING count(*) > 1 ORDER BY example LIMIT 1
  `);
  const [several] = result.getRowsJS();
  if (several === undefined) return;
  const [rows, one, other, ...values] = several;
  const example = examples.id.map((column, i) => `${column} = ${values[i]}`).join(', ');
  const moment = join.asof === true ? ' of the same moment' : '';
  throw new DatasetError(
    `examples.joins.${index}: "${join.on}" finds ${rows} rows of ${join.table}${moment} for one row of ` +
      `${examples.base} (${example}), such as ${one} and ${other}. A join must find at most one: make the rows of ` +
      `${join.table} unique (key: in its contract)${join.asof === true ? '' : ', use "asof: true" for a history'}, or narrow the condition.`,
  );
}
