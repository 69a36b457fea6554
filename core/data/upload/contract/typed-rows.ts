import type { ColumnSpec, TableSpec } from '../../../spec/schema.ts';
import type { Source, SourceColumn } from '../reading/source.ts';
import { fileViolation, type Violation } from '../verdict.ts';
import { type Conversion, conversion } from './conversion.ts';
import { SQL_TYPES } from './sql-types.ts';

/** A contract column that the file has, with the SQL names of its values in `TypedRows.select`. */
export interface TypedColumn {
  readonly name: string;
  readonly spec: ColumnSpec;
  /** The value as the file has it. */
  readonly raw: string;
  /** The value as the contract's type; NULL also when `raw` is no such value. */
  readonly value: string;
  /** The value is the raw value, whatever it is. */
  readonly verbatim: boolean;
  /** SQL that is true where `raw` is a local time that does not exist or exists twice. */
  readonly unclear: string | undefined;
}

/** SQL names of a line's text and of whether it could be parsed. */
export const LINE = { text: 'line_text', whole: 'line_whole' } as const;

export interface TypedRows {
  readonly columns: readonly TypedColumn[];
  /** Whether there are lines that may not be whole, under the names in LINE. */
  readonly lines: boolean;
  /** A query: for every column `raw` and `value`, and whatever `extra` selects from the source. */
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
  const selected: string[] = [];
  const layers: string[][] = [];
  for (const [name, spec] of Object.entries(table.columns)) {
    const column = found.get(name);
    if (column === undefined) {
      reasons.push(missingColumn(name, [...found.keys()]));
      continue;
    }
    const raw = `r${columns.length}`;
    const value = `v${columns.length}`;
    const converted = conversion(spec.type, column.type, raw, value, source.read);
    if (converted === undefined) {
      reasons.push(unfitColumn(column, spec));
      continue;
    }
    const misshapen = `${raw}_misshapen`;
    selected.push(`${column.sql} AS ${raw}`);
    if (column.misshapen !== undefined) selected.push(`${column.misshapen} AS ${misshapen}`);
    stack(layers, converted, value, column.misshapen && misshapen);
    const verbatim = converted.value === raw && column.misshapen === undefined;
    columns.push({ name, spec, raw, value, verbatim, unclear: converted.unclear });
  }
  const { line } = source;
  if (line !== undefined) selected.push(`${line.text} AS ${LINE.text}`, `${line.whole} AS ${LINE.whole}`);
  const select = (extra?: string): string => {
    const inner = [...selected, ...(extra === undefined ? [] : [extra])].join(', ') || '1';
    return layers.reduce(
      (query, layer) => `SELECT *, ${layer.join(', ')} FROM (${query})`,
      `SELECT ${inner} FROM ${source.from}`,
    );
  };
  const extra = source.columns.map(({ name }) => name).filter(name => !Object.hasOwn(table.columns, name));
  return {
    rows: { columns, lines: line !== undefined, select },
    reasons,
    warnings: extra.length === 0 ? [] : [extraColumns(extra)],
  };
}

/** Adds the steps of a conversion to the layers of nested queries, and its value to the layer after its last step. */
function stack(
  layers: string[][],
  { steps, value: sql }: Conversion,
  value: string,
  misshapen: string | undefined,
): void {
  const guarded =
    misshapen === undefined ? sql : `CASE WHEN NOT coalesce(${misshapen}, false) THEN ${sql} END`;
  for (const [depth, step] of [...steps, { [value]: guarded }].entries()) {
    layers[depth] ??= [];
    layers[depth].push(...Object.entries(step).map(([name, expression]) => `${expression} AS ${name}`));
  }
}

function unfitColumn({ name, type }: SourceColumn, spec: ColumnSpec): Violation {
  return fileViolation(
    `${name}.type`,
    `values of type ${spec.type}`,
    `the file stores ${type.slice(0, 80)}`,
    `Store the column as ${SQL_TYPES[spec.type]}, or change its type in the contract.`,
  );
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
