import { contractProblems } from './contract-problems.ts';
import type { ColumnSpec, Spec } from './schema.ts';
import { listOf, type SpecProblem, unknownColumn } from './spec-problem.ts';

/** What the fields of tables say of each other. */
export function* tableProblems(spec: Spec): Iterable<SpecProblem> {
  for (const [name, table] of Object.entries(spec.tables)) {
    const at = ['tables', name];
    const columns = Object.keys(table.columns);
    if (columns.length === 0)
      yield { path: [...at, 'columns'], message: 'names no column; at least one is needed' };
    if (table.time !== undefined) yield* timeColumnProblems(spec, name, table.time, [...at, 'time']);
    for (const [i, column] of (table.key ?? []).entries()) {
      if (!columns.includes(column)) yield unknownColumn([...at, 'key', i], column, name, columns);
    }
    for (const rule of ['freshness', 'sorted', 'complete'] as const) {
      if (table[rule] !== undefined && table.time === undefined) {
        yield { path: [...at, rule], message: `needs the table's time column; add "time:" to table ${name}` };
      }
    }
    if (table.rows?.min !== undefined && table.rows.max !== undefined && table.rows.min > table.rows.max) {
      yield { path: [...at, 'rows'], message: `min ${table.rows.min} is above max ${table.rows.max}` };
    }
    yield* contractProblems(table, at);
    for (const [column, contract] of Object.entries(table.columns)) {
      yield* columnProblems(spec, contract, [...at, 'columns', column]);
    }
  }
}

function* columnProblems(spec: Spec, column: ColumnSpec, path: readonly string[]): Iterable<SpecProblem> {
  for (const bound of ['min', 'max'] as const) {
    const value = column[bound];
    if (value !== undefined) yield* boundProblems(column, value, [...path, bound]);
  }
  for (const rule of ['pattern', 'length'] as const) {
    if (column[rule] !== undefined && column.type !== 'string') {
      yield {
        path: [...path, rule],
        message: `applies to columns of type string; this one is ${column.type}`,
      };
    }
  }
  if (column.pattern !== undefined) {
    try {
      new RegExp(column.pattern, 'u');
    } catch {
      yield { path: [...path, 'pattern'], message: `"${column.pattern}" is no regular expression` };
    }
  }
  if (column.references !== undefined) {
    const [table = '', ...rest] = column.references.split('.');
    const target = rest.join('.');
    const referenced = spec.tables[table];
    if (referenced === undefined) {
      yield {
        path: [...path, 'references'],
        message: `there is no table "${table}"; tables here: ${listOf(Object.keys(spec.tables))}`,
      };
    } else if (!(target in referenced.columns)) {
      yield unknownColumn([...path, 'references'], target, table, Object.keys(referenced.columns));
    }
  }
}

function* boundProblems(
  column: ColumnSpec,
  value: string | number,
  path: readonly string[],
): Iterable<SpecProblem> {
  const numeric = column.type === 'integer' || column.type === 'number';
  const temporal = column.type === 'date' || column.type === 'timestamp';
  if (!numeric && !temporal) {
    yield { path, message: `applies to numbers, dates and timestamps; this column is ${column.type}` };
  } else if (numeric && typeof value !== 'number') {
    yield { path, message: `found "${value}"; a column of type ${column.type} needs a number` };
  } else if (temporal && (typeof value === 'number' || Number.isNaN(Date.parse(value)))) {
    yield {
      path,
      message: `found ${value}; a column of type ${column.type} needs a date such as "2026-01-31"`,
    };
  }
}

/** Whether a column is there and tells a time. */
export function* timeColumnProblems(
  spec: Spec,
  table: string,
  column: string,
  path: string[],
): Iterable<SpecProblem> {
  const columns = spec.tables[table]?.columns ?? {};
  const type = columns[column]?.type;
  if (type === undefined) yield unknownColumn(path, column, table, Object.keys(columns));
  else if (type !== 'date' && type !== 'timestamp') {
    yield { path, message: `"${column}" is of type ${type}; a time column is a date or a timestamp` };
  }
}
