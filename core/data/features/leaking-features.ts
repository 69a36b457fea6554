import type { ExpressionFacts } from '../sql-expression.ts';

/** Aliases in the order of the joins, the base table first, each with its columns. */
export type Scope = ReadonlyMap<string, readonly string[]>;

export interface LeakSources {
  readonly scope: Scope;
  readonly base: string;
  /** Columns of the base table that features may use although the target does. */
  readonly known: readonly string[];
  readonly target: ExpressionFacts;
  /** By alias: the condition of each join. */
  readonly joins: ReadonlyMap<string, ExpressionFacts>;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Alias and column that a reference means, in lower case; undefined for what is no column of the scope. */
function resolve(scope: Scope, [first = '', second]: readonly string[]): string | undefined {
  for (const [alias, columns] of scope) {
    const column = second !== undefined && sameName(alias, first) ? second : undefined;
    if (column !== undefined && columns.some(name => sameName(name, column)))
      return `${alias}.${column}`.toLowerCase();
  }
  for (const [alias, columns] of scope) {
    if (columns.some(name => sameName(name, first))) return `${alias}.${first}`.toLowerCase();
  }
  return undefined;
}

/**
 * The columns through which a feature would see the target: columns of the target expression itself, and columns of
 * a join whose condition uses one of them, which tells as much. Empty for a feature that does not leak.
 */
export function leaksOf(
  feature: ExpressionFacts,
  { scope, base, known, target, joins }: LeakSources,
): string[] {
  const spared = new Set(known.map(column => `${base}.${column}`.toLowerCase()));
  const refs = ({ columns }: ExpressionFacts): string[] =>
    columns.flatMap(reference => resolve(scope, reference) ?? []);
  const answers = new Set(refs(target).filter(column => !spared.has(column)));
  const tainted = new Set<string>();
  const isLeak = (column: string): boolean =>
    answers.has(column) || tainted.has(column.slice(0, column.indexOf('.')));
  for (const [alias, condition] of joins) {
    const own = `${alias}.`.toLowerCase();
    if (refs(condition).some(column => !column.startsWith(own) && isLeak(column)))
      tainted.add(alias.toLowerCase());
  }
  return [...new Set(refs(feature).filter(isLeak))];
}
