import type { TabularSection } from '../../data/features/tabular-section.ts';
import { identifier, literal } from '../../data/quote.ts';
import type { ColumnSpec } from '../../spec/schema.ts';

/** A rule of the contract that is checked with the help of the query of the features. */
export interface ColumnCheck {
  readonly column: string;
  readonly severity: ColumnSpec['severity'];
  readonly expected: string;
  /** A column of the query. */
  readonly alias: string;
  /** What is in it: whether the rule is met, or the text of the value where `reference` says which ones are allowed. */
  readonly sql: string;
  readonly reference?: { readonly table: string; readonly column: string };
}

/**
 * The rules of columns that need DuckDB (its regular expressions take linear time, and are those that files are checked
 * with) or another table. Tables that the model does not use are not at hand: a reference to one is not checked.
 */
export function columnChecks(
  { tables, examples: { base } }: TabularSection,
  needed: readonly string[],
): ColumnCheck[] {
  return needed.flatMap((column, i): ColumnCheck[] => {
    const spec = tables[base]?.columns[column];
    if (spec === undefined) return [];
    const { severity, pattern, references = '' } = spec;
    const value = `${identifier(base)}.${identifier(column)}`;
    const dot = references.indexOf('.');
    const reference = { table: references.slice(0, dot), column: references.slice(dot + 1) };
    const known = tables[reference.table]?.columns[reference.column] !== undefined;
    const checks: ColumnCheck[] = [];
    if (pattern !== undefined) {
      checks.push({
        ...{ column, severity, alias: `meets pattern ${i}` },
        expected: `a text is expected that matches ${pattern} as a whole`,
        sql: `regexp_full_match(${value}, ${literal(pattern)})`,
      });
    }
    if (known) {
      checks.push({
        ...{ column, severity, reference, alias: `refers to ${i}` },
        expected: `a value of ${references} is expected`,
        // As text, as files are checked: the two columns may be of different types.
        sql: `${value}::VARCHAR`,
      });
    }
    return checks;
  });
}
