import type { DuckDBConnection } from '@duckdb/node-api';
import type { SpecProblem } from '../spec/consistency.ts';
import type { Spec, TableSpec } from '../spec/schema.ts';
import { messageOf } from '../telemetry/errors.ts';
import { withDuckDb } from './duckdb.ts';
import { identifier } from './quote.ts';
import { SQL_TYPES } from './upload/contract/sql-types.ts';

/** What is wrong with the SQL expressions of a spec: each is bound against empty tables of the contract's columns. */
export function sqlProblems(spec: Spec): Promise<SpecProblem[]> {
  return withDuckDb({ paths: [], threads: 1 }, async connection => {
    const problems: SpecProblem[] = [];
    const bind = async (path: SpecProblem['path'], query: string): Promise<void> => {
      const message = await bindingError(connection, query);
      if (message !== undefined) problems.push({ path, message });
    };
    for (const [name, table] of Object.entries(spec.tables)) {
      await connection.run(`CREATE TABLE ${identifier(name)} (${columnsOf(table)})`);
      for (const [i, { sql }] of (table.checks ?? []).entries()) {
        await bind(['tables', name, 'checks', i, 'sql'], `SELECT (${sql})::BOOLEAN FROM ${identifier(name)}`);
      }
    }
    const { table, by, value, where } = spec.series;
    const groups = by.map(identifier).join(', ');
    const grouping = groups === '' ? '' : ` GROUP BY ${groups}`;
    await bind(['series', 'value'], `SELECT (${value})::DOUBLE FROM ${identifier(table)}${grouping}`);
    if (where !== undefined) {
      await bind(['series', 'where'], `SELECT 1 FROM ${identifier(table)} WHERE (${where})::BOOLEAN`);
    }
    return problems;
  });
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
