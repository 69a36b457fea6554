import type { DuckDBConnection } from '@duckdb/node-api';
import { durationOf, type ForecastingSpec, isTabular, type Spec, type TableSpec } from '../spec/schema.ts';
import type { SpecProblem } from '../spec/spec-problem.ts';
import { messageOf } from '../telemetry/errors.ts';
import { withDuckDb } from './duckdb.ts';
import { exampleProblems } from './features/example-problems.ts';
import { identifier } from './quote.ts';
import { periodSql } from './series/grid.ts';
import { readExpression } from './sql-expression.ts';
import { SQL_TYPES } from './upload/contract/sql-types.ts';

/** What is wrong with the SQL expressions of a spec: each is bound against empty tables of the contract's columns. */
export async function sqlProblems(spec: Spec): Promise<SpecProblem[]> {
  const problems = await withDuckDb({ paths: [], threads: 1 }, connection => tableProblems(connection, spec));
  return isTabular(spec) ? [...problems, ...(await exampleProblems(spec))] : problems;
}

/** Checks of tables, and the expressions of series. */
async function tableProblems(connection: DuckDBConnection, spec: Spec): Promise<SpecProblem[]> {
  const problems: SpecProblem[] = [];
  const bind: Bind = async (path, query) => {
    const message = await bindingError(connection, query);
    if (message !== undefined) problems.push({ path, message });
  };
  for (const [name, table] of Object.entries(spec.tables)) {
    await connection.run(`CREATE TABLE ${identifier(name)} (${columnsOf(table)})`);
    for (const [i, { sql }] of (table.checks ?? []).entries()) {
      await bind(['tables', name, 'checks', i, 'sql'], `SELECT (${sql})::BOOLEAN FROM ${identifier(name)}`);
    }
  }
  if (isTabular(spec)) return problems;
  await bindSeries(bind, spec);
  const { value, where } = spec.series;
  for (const [field, sql] of Object.entries({ value, where })) {
    if (sql === undefined || problems.some(({ path }) => path[1] === field && path[0] === 'series')) continue;
    const read = await readExpression(connection, sql);
    const faults = typeof read === 'string' ? [read] : read.faults;
    if (faults.length === 0) continue;
    const message = `"${sql}" contains ${faults.join(', and ')}; it must give the same series from the same rows`;
    problems.push({ path: ['series', field], message });
  }
  return problems;
}

type Bind = (path: SpecProblem['path'], query: string) => Promise<void>;

async function bindSeries(bind: Bind, { series }: ForecastingSpec): Promise<void> {
  const { table, by, time, every, value, where } = series;
  const period = periodSql(`${identifier(time)}::TIMESTAMP`, durationOf(every));
  const groups = [...by.map(identifier), period].join(', ');
  await bind(['series', 'value'], `SELECT (${value}\n)::DOUBLE FROM ${identifier(table)} GROUP BY ${groups}`);
  if (where !== undefined) {
    await bind(['series', 'where'], `SELECT 1 FROM ${identifier(table)} WHERE (${where}\n)::BOOLEAN`);
  }
}

const columnsOf = ({ columns }: TableSpec): string =>
  Object.entries(columns)
    .map(([column, { type }]) => `${identifier(column)} ${SQL_TYPES[type]}`)
    .join(', ');

async function bindingError(connection: DuckDBConnection, query: string): Promise<string | undefined> {
  try {
    // Preparing binds without running, and refuses more than one statement.
    const statement = await connection.prepare(query);
    statement.destroySync();
    return undefined;
  } catch (error) {
    return messageOf(error).split('\n\nLINE')[0]?.replaceAll('\n', ' ');
  }
}
