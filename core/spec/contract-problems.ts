import type { ColumnSpec, ReadOptions, TableSpec } from './schema.ts';
import type { SpecProblem } from './spec-problem.ts';
import { isTimeZone } from './time-zones.ts';

/** The name under which DuckDB counts the rows of a Parquet file. */
const ROW_NUMBER = 'file_row_number';

/** Mistakes within the quality contract of one table, beyond what each field allows by itself. */
export function* contractProblems(
  { columns, read }: TableSpec,
  path: readonly (string | number)[],
): Iterable<SpecProblem> {
  const seen = new Map<string, string>();
  for (const [name, column] of Object.entries(columns)) {
    const at = [...path, 'columns', name];
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (other !== undefined) {
      yield { path: at, message: `differs from "${other}" in case only; SQL cannot tell the two apart` };
    }
    if (name.toLowerCase() === ROW_NUMBER) {
      yield { path: at, message: 'is a name that the data engine uses itself; rename the column' };
    }
    for (const [i, value] of (column.values ?? []).entries()) {
      if (!isOfType(column, value)) {
        yield {
          path: [...at, 'values', i],
          message: `found ${JSON.stringify(value)}; the column is of type ${column.type}`,
        };
      }
    }
  }
  if (read !== undefined) yield* readProblems(read, [...path, 'read']);
}

function* readProblems(
  { decimal = '.', thousands, timezone }: ReadOptions,
  path: readonly (string | number)[],
): Iterable<SpecProblem> {
  if (thousands === decimal) {
    yield { path: [...path, 'thousands'], message: `"${thousands}" is the decimal separator already` };
  }
  if (timezone !== undefined && !isTimeZone(timezone)) {
    yield {
      path: [...path, 'timezone'],
      message: `"${timezone}" is no time zone; allowed are IANA names such as Asia/Tokyo`,
    };
  }
}

function isOfType({ type }: ColumnSpec, value: string | number | boolean): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
    case 'timestamp':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  }
}
