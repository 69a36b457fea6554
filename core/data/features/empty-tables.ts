import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../quote.ts';
import { SQL_TYPES } from '../upload/contract/sql-types.ts';
import type { Relations } from './examples-query.ts';
import type { TabularSection } from './tabular-section.ts';

/** A table without rows for each table of the spec, with the columns of its contract. */
export async function createEmptyTables(
  connection: DuckDBConnection,
  { tables }: TabularSection,
): Promise<Relations> {
  for (const [name, { columns }] of Object.entries(tables)) {
    const list = Object.entries(columns).map(
      ([column, { type }]) => `${identifier(column)} ${SQL_TYPES[type]}`,
    );
    await connection.run(`CREATE TABLE ${identifier(name)} (${list.join(', ')})`);
  }
  return Object.fromEntries(Object.keys(tables).map(name => [name, identifier(name)]));
}
