import type { DuckDBConnection } from '@duckdb/node-api';
import { DatasetError } from '../../telemetry/errors.ts';
import { identifier } from '../quote.ts';
import { exampleRows, fromClause, knownSql, operand, type Relations, ROWS } from './examples-query.ts';
import { aliasOf, type TabularSection } from './tabular-section.ts';

/** Numbers the rows of the base table while a join is judged; no contract has a column of this name. */
const ROW = 'antei row number';
const TAKEN = 'antei row taken';

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
  const numbered = `(SELECT *, row_number() OVER () AS ${identifier(ROW)} FROM ${exampleRows(section, relations)})`;
  const source = { ...relations, [ROWS]: numbered };
  const matches =
    join.asof === true
      ? // All rows of the moment of the row that the join took.
        `FROM ${fromClause(section, source, index)}
         JOIN (
           SELECT ${row} AS example, ${knownSql(section, index)} AS moment FROM ${fromClause(section, source, index + 1)}
         ) AS ${identifier(TAKEN)} ON ${identifier(TAKEN)}.example = ${row}
         JOIN ${relations[join.table]} AS ${alias}
           ON ${operand(join.on)} AND ${knownSql(section, index)} = ${identifier(TAKEN)}.moment`
      : `FROM ${fromClause(section, source, index)} JOIN ${relations[join.table]} AS ${alias} ON ${operand(join.on)}`;

  // Numbers first, and the values of one example then: all rows as text would be many times the table.
  const several = await connection.runAndReadAll(
    `SELECT ${row}::DOUBLE, count(*)::DOUBLE ${matches} GROUP BY ${row} HAVING count(*) > 1 ORDER BY 1 LIMIT 1`,
  );
  const [example, rows] = several.getRowsJS()[0] ?? [];
  if (typeof example !== 'number') return;
  const id = examples.id.map(column => `${identifier(examples.base)}.${identifier(column)}::VARCHAR`);
  const found = await connection.runAndReadAll(
    `SELECT ${alias}::VARCHAR, ${id.join(', ')} ${matches} WHERE ${row} = ${example} ORDER BY 1 LIMIT 2`,
  );
  const [[one, ...values] = [], [other] = []] = found.getRowsJS();
  const name = examples.id.map((column, i) => `${column} = ${values[i]}`).join(', ');
  const moment = join.asof === true ? ' of the same moment' : '';
  const history = join.asof === true ? '' : ', use "asof: true" for a history';
  throw new DatasetError(
    `examples.joins.${index}: "${join.on}" finds ${rows} rows of ${join.table}${moment} for one row of ` +
      `${examples.base} (${name}), such as ${one} and ${other}. A join must find at most one: make the rows of ` +
      `${join.table} unique (key: in its contract)${history}, or narrow the condition.`,
  );
}
