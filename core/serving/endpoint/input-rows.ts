import type { ColumnSpec, TableSpec } from '../../spec/schema.ts';
import type { AskedRows } from './asked-rows.ts';
import { type RequestProblem, refusedFor } from './refusal.ts';
import { type Value, valueOfJson, valueOfText, WRITTEN } from './value.ts';
import { type ValueRule, valueRules } from './value-rules.ts';

/** A column that a request may have. */
export interface InputColumn {
  readonly name: string;
  readonly spec: ColumnSpec;
  /** Whether the model looks at it: then a request must have it, and its values must be as the contract says. */
  readonly needed: boolean;
}

/** The columns that a request may have, and how their values are read. */
export interface Inputs {
  readonly columns: readonly InputColumn[];
  readonly read: (asked: AskedRows) => InputRows;
}

/** The rows of a request, typed. */
export interface InputRows {
  readonly rows: number;
  /** Values by column, for the columns that the request has. */
  readonly columns: ReadonlyMap<string, readonly Value[]>;
  /** What the contract only warns of. */
  readonly warnings: readonly RequestProblem[];
}

interface Reader extends InputColumn {
  readonly rules: readonly ValueRule[];
}

/**
 * Prepares to read requests for rows of a table.
 * @param needed Names of the columns that the model looks at.
 */
export function inputsOf(contract: Pick<TableSpec, 'columns' | 'read'>, needed: readonly string[]): Inputs {
  const readers = Object.entries(contract.columns).map(([name, spec]): Reader => {
    const isNeeded = needed.includes(name);
    return { name, spec, needed: isNeeded, rules: isNeeded ? valueRules(spec) : [] };
  });
  const zone = contract.read?.timezone;
  const zoned = zone !== undefined && zone !== 'UTC';
  return { columns: readers, read: asked => readRows(readers, asked, zoned) };
}

function readRows(readers: readonly Reader[], asked: AskedRows, zoned: boolean): InputRows {
  const { fields } = asked;
  const problems = nameProblems(readers, fields);
  if (problems.length > 0) throw refusedFor(problems);
  const warnings: RequestProblem[] = [];
  const columns = new Map<string, Value[]>();
  for (const reader of readers) {
    const at = fields.indexOf(reader.name);
    if (at === -1) continue;
    const values: Value[] = [];
    for (const [row, cells] of asked.rows.entries()) {
      const read = readValue(reader, cells[at], asked.text, zoned);
      values.push(read.value);
      if (read.reason === undefined) continue;
      const found = cells[at];
      const problem = { row, field: reader.name, ...(found !== undefined && { found }), reason: read.reason };
      (read.warning === true ? warnings : problems).push(problem);
    }
    columns.set(reader.name, values);
  }
  problems.sort((a, b) => (a.row ?? 0) - (b.row ?? 0));
  if (problems.length > 0) throw refusedFor(problems);
  return { rows: asked.rows.length, columns, warnings };
}

function nameProblems(readers: readonly Reader[], fields: readonly string[]): RequestProblem[] {
  const known = readers.map(({ name }) => name);
  const extra = fields.filter(field => !known.includes(field));
  const missing = readers.filter(({ name, needed }) => needed && !fields.includes(name));
  return [
    ...missing.map(({ name }) => ({ field: name, reason: 'the column is missing, and the model needs it' })),
    ...extra.map(field => ({
      field,
      reason: `there is no such column; the model knows ${known.join(', ')}`,
    })),
  ];
}

interface ReadValue {
  readonly value: Value;
  readonly reason?: string;
  readonly warning?: boolean;
}

function readValue(
  { name, spec, needed, rules }: Reader,
  cell: unknown,
  text: boolean,
  zoned: boolean,
): ReadValue {
  if (cell === undefined) {
    // A record may leave out what the model does not look at.
    return needed
      ? { value: null, reason: `the row has no "${name}"; write null where it is not known` }
      : { value: null };
  }
  const value =
    text && typeof cell === 'string'
      ? valueOfText(spec.type, cell, zoned)
      : valueOfJson(spec.type, cell, zoned);
  if (value === undefined) {
    const zone = spec.type === 'timestamp' && zoned ? ', with its offset from UTC' : '';
    return { value: null, reason: `${WRITTEN[spec.type]}${zone} is expected` };
  }
  const reason =
    value === null
      ? needed && spec.required
        ? 'a value is required'
        : undefined
      : rules.map(rule => rule(value)).find(broken => broken !== undefined);
  return reason === undefined ? { value } : { value, reason, warning: spec.severity === 'warn' };
}
