import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './quote.ts';

/** What a SQL expression is made of. */
export interface ExpressionFacts {
  /** Column references as written, split at the dots: `flights.delay` is ['flights', 'delay']. */
  readonly columns: readonly (readonly string[])[];
  /** Names of functions, in lower case. */
  readonly functions: readonly string[];
  /** Names of those functions that aggregate rows. */
  readonly aggregates: readonly string[];
  /** What is in it that makes its value depend on other tables, on the order of rows, or on the moment of the query. */
  readonly faults: readonly string[];
}

/** Values of the clock that the parser takes for columns. */
const CLOCK = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp']);

/** Kinds of nodes that the expressions of a spec do not have. */
const FOREIGN: Readonly<Record<string, string>> = {
  WINDOW: 'a window function, which reads other rows',
  SUBQUERY: 'a subquery',
  STAR: 'a star, which stands for several columns',
  PARAMETER: 'a parameter',
};

/**
 * Takes an expression apart with DuckDB's own parser.
 * @returns The facts, or the parser's message when the text is not one expression.
 */
export async function readExpression(
  connection: DuckDBConnection,
  sql: string,
): Promise<ExpressionFacts | string> {
  const result = await connection.runAndReadAll(
    'SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true)',
    [`SELECT (${sql}\n)`],
  );
  const tree: unknown = JSON.parse(String(result.getRowsJS()[0]?.[0]));
  const statement = record(tree);
  if (statement.error === true) return String(statement.error_message);
  const nodes = [...nodesIn(tree)];
  const select = nodes.find(node => node.type === 'SELECT_NODE');
  if (
    !Array.isArray(select?.select_list) ||
    select.select_list.length !== 1 ||
    record(select.from_table).type !== 'EMPTY'
  ) {
    return 'it is more than one expression';
  }
  const functions = nodes
    .filter(node => node.class === 'FUNCTION')
    .map(node => String(node.function_name).toLowerCase());
  const columns = nodes.filter(node => node.class === 'COLUMN_REF').map(node => strings(node.column_names));
  const foreign = nodes.flatMap(node => FOREIGN[String(node.class)] ?? []);
  const clock = columns.flatMap(([name = '', ...rest]) =>
    rest.length === 0 && CLOCK.has(name.toLowerCase()) ? [`${name}, which changes with the clock`] : [],
  );
  const known = await describeFunctions(connection, functions);
  const calls = known.flatMap(({ name, stable }) =>
    stable ? [] : [`${name}(), whose value changes from query to query`],
  );
  // Of one argument only, it is the age today.
  const age = nodes.some(node => node.function_name === 'age' && strings(node.children).length === 1);
  const ages = age ? ['age() of one argument, which changes with the clock'] : [];
  return {
    columns,
    functions,
    aggregates: known.filter(({ aggregate }) => aggregate).map(({ name }) => name),
    faults: [...new Set([...foreign, ...clock, ...calls, ...ages])],
  };
}

/** What DuckDB knows of these functions, in their order, each once; names that it does not know are left out. */
async function describeFunctions(
  connection: DuckDBConnection,
  names: readonly string[],
): Promise<{ readonly name: string; readonly aggregate: boolean; readonly stable: boolean }[]> {
  const result = await connection.runAndReadAll(`
    SELECT function_name, bool_or(function_type = 'aggregate'), bool_and(coalesce(stability, 'CONSISTENT') = 'CONSISTENT')
    FROM duckdb_functions() WHERE function_name IN (${['', ...names].map(literal).join(', ')}) GROUP BY 1
  `);
  const facts = new Map(result.getRowsJS().map(([name, ...rest]) => [String(name), rest]));
  return [...new Set(names)].flatMap(name => {
    const [aggregate, stable] = facts.get(name) ?? [];
    return facts.has(name) ? [{ name, aggregate: aggregate === true, stable: stable === true }] : [];
  });
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const record = (value: unknown): Node => (isNode(value) ? value : {});

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Every object in a tree, parents first. */
function* nodesIn(tree: unknown): Iterable<Node> {
  if (Array.isArray(tree)) for (const item of tree) yield* nodesIn(item);
  if (!isNode(tree)) return;
  yield tree;
  for (const item of Object.values(tree)) yield* nodesIn(item);
}
