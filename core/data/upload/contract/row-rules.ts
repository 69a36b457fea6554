import type { ColumnSpec, Severity } from '../../../spec/schema.ts';
import { literal } from '../../duckdb.ts';
import { contractLiteral } from './sql-types.ts';
import type { TypedColumn } from './typed-columns.ts';

/** A rule that each row meets or breaks by itself. */
export interface RowRule {
  readonly id: string;
  readonly severity: Severity;
  readonly expected: string;
  /** Share of rows that may break it. */
  readonly tolerance: number;
  /** SQL, true where a row breaks the rule; in terms of `raw` and `value` of a typed column. */
  readonly broken: string;
  /** SQL for what the report shows of the row. */
  readonly shown: string;
  readonly advice: string;
}

const WORDS: Readonly<Record<ColumnSpec['type'], string>> = {
  string: 'text',
  integer: 'whole numbers from -9223372036854775808 to 9223372036854775807',
  number: 'finite numbers',
  boolean: 'true or false',
  date: 'dates such as 2026-01-31',
  timestamp:
    'timestamps such as 2026-01-31 13:45:00, with an offset such as +09:00 where they are not in UTC',
};

/** The rules of one column that look at one row at a time. */
export function rowRules({ name, spec, raw, value }: TypedColumn): RowRule[] {
  const shown = `CAST(${raw} AS VARCHAR)`;
  const rules: RowRule[] = [];
  const add = (
    rule: string,
    expected: string,
    broken: string,
    advice: string,
    tolerance = spec.tolerance,
  ): void => {
    rules.push({
      id: `${name}.${rule}`,
      severity: spec.severity,
      expected,
      tolerance,
      broken,
      shown,
      advice,
    });
  };
  // A value that cannot be kept is an error whatever the column's severity: it would be lost in silence.
  rules.push({
    id: `${name}.type`,
    severity: 'error',
    expected: WORDS[spec.type],
    tolerance: 0,
    broken: `${raw} IS NOT NULL AND ${value} IS NULL`,
    shown,
    advice: 'Correct the values in the source, or change the type in the contract.',
  });
  if (spec.required) {
    add(
      'required',
      'a value in every row',
      `${raw} IS NULL`,
      'Fill the gaps in the source, or make the column optional.',
      0,
    );
  }
  const bounds = 'Look for a changed unit or a typing error; if the values are genuine, widen the contract.';
  if (spec.min !== undefined) {
    add('min', `at least ${spec.min}`, `${value} < ${contractLiteral(spec.type, spec.min)}`, bounds);
  }
  if (spec.max !== undefined) {
    add('max', `at most ${spec.max}`, `${value} > ${contractLiteral(spec.type, spec.max)}`, bounds);
  }
  const { min: shortest, max: longest } = spec.length ?? {};
  if (shortest !== undefined || longest !== undefined) {
    const broken = [
      ...(shortest === undefined ? [] : [`length(${value}) < ${shortest}`]),
      ...(longest === undefined ? [] : [`length(${value}) > ${longest}`]),
    ];
    const expected =
      longest === undefined ? `at least ${shortest} characters` : `${shortest ?? 0} to ${longest} characters`;
    add('length', expected, broken.join(' OR '), 'Look for cut or joined values; or change the contract.');
  }
  if (spec.pattern !== undefined) {
    const broken = `NOT regexp_full_match(${value}, ${literal(spec.pattern)})`;
    add(
      'pattern',
      `text that matches ${spec.pattern} as a whole`,
      broken,
      'Correct the values, or the pattern.',
    );
  }
  if (spec.values !== undefined) {
    const allowed = spec.values.map(allowedValue => contractLiteral(spec.type, allowedValue));
    const listed = spec.values.slice(0, 20).join(', ');
    const expected = `one of: ${listed}${spec.values.length > 20 ? ` and ${spec.values.length - 20} more` : ''}`;
    add(
      'values',
      expected,
      `${value} NOT IN (${allowed.join(', ')})`,
      'Correct the values, or allow them in the contract.',
    );
  }
  return rules;
}
