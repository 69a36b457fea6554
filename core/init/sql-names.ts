import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../data/quote.ts';

/** Writes column names in SQL as people would: with quotes only where they are needed. */
export async function sqlNames(connection: DuckDBConnection): Promise<(name: string) => string> {
  const found = await connection.runAndReadAll(
    "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'",
  );
  const reserved = new Set(found.getRowsJS().map(([word]) => String(word)));
  return name =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name.toLowerCase()) ? name : identifier(name);
}
