import type { ColumnSpec } from '../../../spec/schema.ts';
import { literal } from '../../quote.ts';
import type { Breach } from './outcome.ts';
import { contractLiteral, isOneOf } from './sql-types.ts';
import { LINE, type TypedColumn, type TypedRows } from './typed-rows.ts';

/** A rule that each row meets or breaks by itself. */
export interface RowRule extends Breach {
  /** SQL, true where a row breaks the rule; in terms of `raw` and `value` of a typed column. */
  readonly broken: string;
  /**
   * SQL of counts and bounds over all rows that is true where none breaks the rule. Where it is not true, some may.
   */
  readonly proof?: string;
  /** SQL for what the report shows of the row. */
  readonly shown: string;
  /** It is about how the file is written: once its values have their types, no row breaks it any more. */
  readonly ofWriting?: boolean;
  /** SQL that fails where the spec asks for what DuckDB cannot do. */
  readonly trial?: string;
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

/** Every rule that looks at one row at a time. */
export function rowRules({ columns, lines }: TypedRows): RowRule[] {
  const whole: RowRule = {
    id: 'file.json',
    severity: 'error',
    expected: 'one JSON object on every line, with every name once',
    tolerance: 0,
    broken: `NOT ${LINE.whole}`,
    shown: LINE.text,
    ofWriting: true,
    advice: 'Look for cut lines, and for objects that span several lines.',
  };
  // Of a line that could not be parsed no value is known, so no value is missing.
  const known = lines ? ` AND ${LINE.whole}` : '';
  return [...(lines ? [whole] : []), ...columns.flatMap(column => columnRules(column, known))];
}

function columnRules({ name, spec, raw, value, unclear }: TypedColumn, known: string): RowRule[] {
  const shown = `CAST(${raw} AS VARCHAR)`;
  const rules: RowRule[] = [];
  const add = (
    rule: string,
    expected: string,
    broken: string,
    advice: string,
    { proof, tolerance = spec.tolerance }: { proof?: string; tolerance?: number } = {},
  ): void => {
    rules.push({
      id: `${name}.${rule}`,
      severity: spec.severity,
      expected,
      tolerance,
      broken,
      ...(proof !== undefined && { proof }),
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
    broken: `${raw} IS NOT NULL AND ${value} IS NULL${unclear === undefined ? '' : ` AND NOT coalesce(${unclear}, false)`}`,
    shown,
    ofWriting: true,
    advice: 'Correct the values in the source, or change the type in the contract.',
  });
  if (unclear !== undefined) {
    rules.push({
      id: `${name}.timezone`,
      severity: 'error',
      expected: 'local times that exist, and exist once',
      tolerance: 0,
      broken: unclear,
      shown,
      ofWriting: true,
      advice:
        'Clocks were put forward or back here. Export in UTC or with an offset; or, for hours that repeat, declare read.ambiguous in the contract.',
    });
  }
  if (spec.required) {
    add(
      'required',
      'a value in every row',
      `${raw} IS NULL${known}`,
      'Fill the gaps in the source, or make the column optional.',
      { proof: `count(${raw}) = count(*)`, tolerance: 0 },
    );
  }
  const bounds = 'Look for a changed unit or a typing error; if the values are genuine, widen the contract.';
  if (spec.min !== undefined) {
    const least = contractLiteral(spec.type, spec.min);
    add('min', `at least ${spec.min}`, `${value} < ${least}`, bounds, { proof: `min(${value}) >= ${least}` });
  }
  if (spec.max !== undefined) {
    const most = contractLiteral(spec.type, spec.max);
    add('max', `at most ${spec.max}`, `${value} > ${most}`, bounds, { proof: `max(${value}) <= ${most}` });
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
    rules.push({
      id: `${name}.pattern`,
      severity: spec.severity,
      expected: `text that matches ${spec.pattern} as a whole`,
      tolerance: spec.tolerance,
      broken: `NOT regexp_full_match(${value}, ${literal(spec.pattern)})`,
      shown,
      trial: `regexp_full_match('', ${literal(spec.pattern)})`,
      advice: 'Correct the values, or the pattern.',
    });
  }
  if (spec.values !== undefined) {
    const allowed = spec.values.map(allowedValue => contractLiteral(spec.type, allowedValue));
    const listed = spec.values.slice(0, 20).join(', ');
    const expected = `one of: ${listed}${spec.values.length > 20 ? ` and ${spec.values.length - 20} more` : ''}`;
    add(
      'values',
      expected,
      `NOT ${isOneOf(value, allowed)}`,
      'Correct the values, or allow them in the contract.',
    );
  }
  return rules;
}
