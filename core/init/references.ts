import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal } from '../data/quote.ts';
import { oneRow } from '../data/upload/contract/staged.ts';
import { type ColumnFacts, isUnique, type SampleFacts } from './column-facts.ts';
import { counted, percent, topicsOf } from './names.ts';

/** A column whose values name rows of another table. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly target: { readonly table: string; readonly column: string };
  /** Share of the rows with a value that is not there, rounded up. */
  readonly tolerance: number;
  readonly why: string;
}

/** Share of the values that must be found in the other table. */
const CONTAINED = 0.99;

/** So many different texts are not found in another table by chance; whole numbers are. */
const MANY_TEXTS = 10;

/** Rows that arrive before the table that they refer to is exported again must not reject a file. */
const LEAST_TOLERANCE = 0.01;

/** The foreign keys between tables, at most one for each column, without circles. */
export async function findReferences(
  connection: DuckDBConnection,
  samples: readonly SampleFacts[],
): Promise<Reference[]> {
  const references: Reference[] = [];
  for (const from of samples) {
    for (const column of from.facts) {
      const found: (Reference & { readonly strength: number })[] = [];
      for (const to of samples) {
        for (const target of to.facts) {
          if (!mayRefer(from, column, to, target) || reaches(references, to.table, from.table)) continue;
          const contained = await containment(connection, from, column.name, to, target.name);
          if (contained.share < CONTAINED) continue;
          found.push({
            table: from.table,
            column: column.name,
            target: { table: to.table, column: target.name },
            tolerance: Math.max(LEAST_TOLERANCE, Math.ceil((1 - contained.share) * 2 * 100) / 100),
            why: `${percent(contained.share)} of ${counted(contained.rows, 'value')} are in ${to.table}.${target.name}`,
            strength: contained.share + (sharesTopic(column, to, target) ? 1 : 0),
          });
        }
      }
      const [best] = found.sort((a, b) => b.strength - a.strength);
      if (best !== undefined) {
        const { strength: _, ...reference } = best;
        references.push(reference);
      }
    }
  }
  return references;
}

function mayRefer(from: SampleFacts, column: ColumnFacts, to: SampleFacts, target: ColumnFacts): boolean {
  if (from.table === to.table || column.type !== target.type || column.distinct === 0) return false;
  if ((column.type !== 'string' && column.type !== 'integer') || !isUnique(target) || target.distinct < 2)
    return false;
  // A table in which each row has its own value of the other table is as likely the one referred to.
  if (isUnique(column) && from.rows <= to.rows) return false;
  return sharesTopic(column, to, target) || (column.type === 'string' && column.distinct >= MANY_TEXTS);
}

/** `shop_id` is about shops, and so is `shop`; `id` is about nothing. */
function sharesTopic(column: ColumnFacts, to: SampleFacts, target: ColumnFacts): boolean {
  const topics = new Set([...topicsOf(to.table), ...topicsOf(target.name)]);
  return topicsOf(column.name).some(topic => topics.has(topic));
}

/** Whether a table refers to another one, directly or through others. */
function reaches(references: readonly Reference[], from: string, to: string): boolean {
  return references
    .filter(({ table }) => table === from)
    .some(({ target }) => target.table === to || reaches(references, target.table, to));
}

async function containment(
  connection: DuckDBConnection,
  from: SampleFacts,
  column: string,
  to: SampleFacts,
  target: string,
): Promise<{ share: number; rows: number }> {
  const value = identifier(column);
  const found = await oneRow(
    connection,
    `SELECT count(*)::DOUBLE AS rows, (count(*) FILTER (${value} IN (
       SELECT ${identifier(target)} FROM read_parquet(${literal(to.data)})
     )))::DOUBLE AS inside FROM read_parquet(${literal(from.data)}) WHERE ${value} IS NOT NULL`,
  );
  const rows = Number(found.rows);
  return { share: Number(found.inside) / rows, rows };
}
