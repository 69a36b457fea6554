import type { ColumnSpec, TableSpec } from '../../../spec/schema.ts';
import type { Source } from '../reading/source.ts';
import { fileViolation, type Violation } from '../verdict.ts';
import { SQL_TYPES } from './sql-types.ts';
import { storedValue } from './stored-values.ts';

/** A contract column that the file has, with the SQL names of its values in `typedRows`. */
export interface TypedColumn {
  readonly name: string;
  readonly spec: ColumnSpec;
  /** The value as the file has it. */
  readonly raw: string;
  /** The value as the contract's type; NULL also when `raw` is no such value. */
  readonly value: string;
}

export interface TypedRows {
  readonly columns: readonly TypedColumn[];
  /** A query: for every column `raw` and `value`, and after them what `extra` selects from the source. */
  readonly select: (extra?: string) => string;
}

/** How the file's columns become the contract's, and what stands in the way. */
export function typedRows(
  table: TableSpec,
  source: Source,
): { rows: TypedRows; reasons: Violation[]; warnings: Violation[] } {
  const found = new Map(source.columns.map(column => [column.name, column]));
  const reasons: Violation[] = [];
  const columns: TypedColumn[] = [];
  const raws: string[] = [];
  const values: string[] = [];
  for (const [name, spec] of Object.entries(table.columns)) {
    const column = found.get(name);
    if (column === undefined) {
      reasons.push(missingColumn(name, [...found.keys()]));
      continue;
    }
    const raw = `r${columns.length}`;
    const value = `v${columns.length}`;
    const sql = storedValue(spec.type, column.type, raw);
    if (sql === undefined) {
      reasons.push(
        fileViolation(
          `${name}.type`,
          `values of type ${spec.type}`,
          `the file stores ${column.type.slice(0, 80)}`,
          `Store the column as ${SQL_TYPES[spec.type]}, or change its type in the contract.`,
        ),
      );
      continue;
    }
    columns.push({ name, spec, raw, value });
    raws.push(`${column.sql} AS ${raw}`);
    values.push(`${sql} AS ${value}`);
  }
  const select = (extra?: string): string => {
    const extras = extra === undefined ? [] : [extra];
    const inner = [...raws, ...extras].join(', ') || '1';
    return `SELECT *, ${values.join(', ') || '1'} FROM (SELECT ${inner} FROM ${source.from})`;
  };
  const extra = source.columns.map(({ name }) => name).filter(name => !Object.hasOwn(table.columns, name));
  return { rows: { columns, select }, reasons, warnings: extra.length === 0 ? [] : [extraColumns(extra)] };
}

function missingColumn(name: string, found: readonly string[]): Violation {
  const alike = found.find(other => other.toLowerCase() === name.toLowerCase());
  const list = found.slice(0, 20).map(other => `"${other.slice(0, 60)}"`);
  const more = found.length > 20 ? ` and ${found.length - 20} more` : '';
  return fileViolation(
    `${name}.column`,
    `a column "${name}"`,
    alike === undefined ? `only ${list.join(', ') || 'none'}${more}` : `"${alike}", which differs in case`,
    'Add the column to the export, or remove it from the contract.',
  );
}

function extraColumns(names: readonly string[]): Violation {
  const shown = names.slice(0, 20).map(name => `"${name.slice(0, 60)}"`);
  return fileViolation(
    'columns.extra',
    'the columns of the contract',
    `also ${shown.join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}; they were left out`,
    'Nothing, unless they are needed: then name them in the contract.',
  );
}
