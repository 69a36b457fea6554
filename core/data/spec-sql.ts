import type { DuckDBConnection } from '@duckdb/node-api';
import { DatasetError, messageOf } from '../telemetry/errors.ts';

/** An expression of the spec that a statement contains. */
export interface SpecExpression {
  /** Its place in the spec, such as `series.value`. */
  readonly path: string;
  readonly sql: string;
  /** A query that fails when this expression is what is wrong, whatever the others are. */
  readonly probe: string;
}

/** Kinds of DuckDB errors that the author of an expression causes; others (memory, files) are not theirs. */
const MISTAKES =
  /^(Parser|Binder|Catalog|Conversion|Invalid Input|Out of Range|Permission|Not implemented|Invalid type) Error/;

/**
 * Runs one statement that contains expressions of the spec.
 * @param from SQL of what the expressions are computed on; its columns are listed when one is wrong.
 * @throws DatasetError that names the place in the spec when an expression cannot be computed.
 */
export async function runSpecSql(
  connection: DuckDBConnection,
  statement: string,
  expressions: readonly SpecExpression[],
  from: string,
): Promise<void> {
  const message = await mistakeIn(connection, statement);
  if (message === undefined) return;
  for (const { path, sql, probe } of expressions) {
    const found = await mistakeIn(connection, probe);
    if (found === undefined) continue;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
    const columns = described.getRowsJS().map(([name]) => String(name));
    throw new DatasetError(`${path}: "${sql}" cannot be computed: ${found}\nColumns: ${columns.join(', ')}.`);
  }
  throw new DatasetError(message);
}

/** DuckDB's message when a statement is wrong, undefined when it ran. Preparing refuses a second statement. */
async function mistakeIn(connection: DuckDBConnection, statement: string): Promise<string | undefined> {
  try {
    const prepared = await connection.prepare(statement);
    try {
      await prepared.run();
      return undefined;
    } finally {
      prepared.destroySync();
    }
  } catch (error) {
    const message = messageOf(error);
    if (!MISTAKES.test(message)) throw error;
    // DuckDB adds the generated statement and a marker below the message: not what the spec's author wrote.
    return message.split('\n\nLINE')[0]?.trim();
  }
}
