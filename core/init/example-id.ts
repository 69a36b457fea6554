import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import { type ColumnFacts, isUnique, type SampleFacts } from './column-facts.ts';
import { namesThings } from './names.ts';
import type { Target } from './target.ts';
import type { TimeColumn } from './time-column.ts';

/** What names an example. */
export interface ExampleId {
  readonly columns: readonly string[];
  /** Whether no two rows of the sample have the same. */
  readonly unique: boolean;
}

/** More columns than these are not tried in pairs and triples. */
const MOST_COLUMNS = 8;

/**
 * The columns that name a row: one by itself, else the first pair or triple, the time first; else those that leave the
 * fewest rows alike, which are then taken for the same thing.
 */
export async function exampleId(
  connection: DuckDBConnection,
  { sample, column: target }: Target,
  time: TimeColumn | undefined,
): Promise<ExampleId> {
  const others = sample.facts.filter(({ name }) => name !== target.name);
  const singles = others.filter(
    fact => isUnique(fact) && (fact.type === 'string' || fact.type === 'integer'),
  );
  const single = singles.find(({ name }) => namesThings(name)) ?? singles[0];
  if (single !== undefined) return { columns: [single.name], unique: true };
  const mayName = ({ type, missing }: ColumnFacts): boolean =>
    missing === 0 && type !== 'number' && type !== 'boolean';
  const names = others
    .filter(mayName)
    .toSorted((a, b) => Number(b.name === time?.column.name) - Number(a.name === time?.column.name))
    .slice(0, MOST_COLUMNS)
    .map(({ name }) => name);
  for (const columns of combinations(names)) {
    if ((await distinctRows(connection, sample, columns)) === sample.rows) return { columns, unique: true };
  }
  return { columns: await mostTelling(connection, sample, others), unique: false };
}

/** Each by itself, then pairs, then triples. */
function combinations(names: readonly string[]): string[][] {
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map(b => [a, b]));
  const triples = names.flatMap((a, i) =>
    names.slice(i + 1).flatMap((b, j) => names.slice(i + j + 2).map(c => [a, b, c])),
  );
  return [...names.map(name => [name]), ...pairs, ...triples];
}

/** The column with most values, and then whichever tells most rows apart, as long as one does. */
async function mostTelling(
  connection: DuckDBConnection,
  sample: SampleFacts,
  facts: readonly ColumnFacts[],
): Promise<string[]> {
  const names = facts
    .toSorted((a, b) => b.distinct - a.distinct)
    .slice(0, MOST_COLUMNS)
    .map(({ name }) => name);
  const chosen: string[] = [];
  for (let told = 0; ; ) {
    let best: { readonly name: string; readonly told: number } | undefined;
    for (const name of names.filter(other => !chosen.includes(other))) {
      const rows = await distinctRows(connection, sample, [...chosen, name]);
      if (rows > (best?.told ?? told)) best = { name, told: rows };
    }
    if (best === undefined) return chosen;
    chosen.push(best.name);
    told = best.told;
  }
}

/** How many rows differ in some of the columns. */
async function distinctRows(
  connection: DuckDBConnection,
  { data }: SampleFacts,
  columns: readonly string[],
): Promise<number> {
  const { n } = await oneRow(
    connection,
    `SELECT count(*)::DOUBLE AS n FROM (SELECT DISTINCT ${columns.map(identifier).join(', ')} FROM read_parquet(${literal(data)}))`,
  );
  return Number(n);
}
