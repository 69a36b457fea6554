import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../quote.ts';
import { runSpecSql } from '../spec-sql.ts';
import { readExpression } from '../sql-expression.ts';
import { examplesQuery, fromClause, operand, type Relations } from './examples-query.ts';
import { type FeatureKind, featureSql } from './feature-kind.ts';
import { featuresOf, type TabularSection } from './tabular-section.ts';
import { verifyJoins } from './verify-joins.ts';

/** The number of a row of a request; a name with spaces, which no column of a contract and no feature has. */
export const REQUEST_ROW = 'number of the row';

/** Columns of the base table that features and joins look at: a request must have them. */
export async function neededColumns(
  connection: DuckDBConnection,
  section: TabularSection,
): Promise<string[]> {
  const { examples, tables } = section;
  const expressions = [...featuresOf(examples).map(({ sql }) => sql), ...examples.joins.map(({ on }) => on)];
  const found = new Set<string>();
  for (const sql of expressions) {
    const facts = await readExpression(connection, sql);
    if (typeof facts === 'string') continue;
    for (const [first = '', second] of facts.columns) {
      const ofBase = second !== undefined && same(first, examples.base);
      found.add((ofBase ? second : first).toLowerCase());
    }
  }
  const time = examples.time ?? tables[examples.base]?.time;
  if (time !== undefined && examples.joins.some(({ asof }) => asof === true)) found.add(time.toLowerCase());
  return Object.keys(tables[examples.base]?.columns ?? {}).filter(name => found.has(name.toLowerCase()));
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

type Kinds = readonly { readonly name: string; readonly kind: FeatureKind }[];

/** Every row that is asked for is answered, whatever rows were learned from. */
const withoutFilter = (section: TabularSection): TabularSection => ({
  ...section,
  examples: { ...section.examples, where: undefined },
});

/**
 * SQL of the features of a request, in the order of its rows: REQUEST_ROW, and each feature as a model sees it.
 * @param relations Has the rows under ROWS, each with REQUEST_ROW.
 * @param more Further columns of the rows, each as SQL with its alias, by the alias.
 */
export function featuresQuery(
  section: TabularSection,
  relations: Relations,
  kinds: Kinds,
  more: Readonly<Record<string, string>> = {},
): string {
  const row = identifier(REQUEST_ROW);
  const further = Object.entries(more);
  const query = examplesQuery(withoutFilter(section), relations, {
    target: false,
    more: [
      `${identifier(section.examples.base)}.${row} AS ${row}`,
      ...further.map(([alias, sql]) => `${sql} AS ${identifier(alias)}`),
    ],
  });
  const columns = [
    ...kinds.map(({ name, kind }) => `${featureSql(kind, identifier(name))} AS ${identifier(name)}`),
    ...further.map(([alias]) => identifier(alias)),
  ];
  return `SELECT ${[row, ...columns].join(', ')} FROM (${query}) ORDER BY ${row}`;
}

/**
 * Makes the table `features` for the rows of a request: the very query that made the examples of training, but for
 * its filter, since every row that is asked for is answered. Columns: REQUEST_ROW, and each feature as a model sees it.
 * @param relations Has the rows under ROWS, each with REQUEST_ROW.
 * @throws DatasetError when a join finds several rows for one, or an expression cannot be computed.
 */
export async function createFeatures(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
  kinds: Kinds,
): Promise<void> {
  const unfiltered = withoutFilter(section);
  await verifyJoins(connection, unfiltered, relations);
  const from = fromClause(unfiltered, relations);
  await runSpecSql(
    connection,
    `CREATE TEMP TABLE features AS ${featuresQuery(section, relations, kinds)}`,
    featuresOf(section.examples).map(({ name, sql }) => ({
      ...{ path: `examples.features.${name}`, sql },
      probe: `SELECT count(${operand(sql)}) FROM ${from}`,
    })),
    from,
  );
}
