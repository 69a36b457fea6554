import type { ColumnSpec } from '../../spec/schema.ts';
import { dateOf, timestampOf, type Value, valueOfJson, valueOfText } from './value.ts';

/** Says what is expected of a value, where it is not so. */
export type ValueRule = (value: NonNullable<Value>) => string | undefined;

const LISTED = 20;

/**
 * What a contract says of the values of a column, but for `pattern` and `references`, which need DuckDB and the other
 * tables. Its tolerance is for files: of one row no share can be wrong.
 */
export function valueRules({ type, min, max, length, values }: ColumnSpec): ValueRule[] {
  const rules: ValueRule[] = [];
  const add = (expected: string, met: (value: NonNullable<Value>) => boolean): void => {
    rules.push(value => (met(value) ? undefined : expected));
  };
  const least = min === undefined ? undefined : boundOf(type, min);
  const largest = max === undefined ? undefined : boundOf(type, max);
  if (least !== undefined)
    add(`the least value allowed is ${min}`, value => isAmount(value) && value >= least);
  if (largest !== undefined)
    add(`the largest value allowed is ${max}`, value => isAmount(value) && value <= largest);
  if (length !== undefined) {
    const { min: shortest = 0, max: longest = Number.POSITIVE_INFINITY } = length;
    const allowed =
      longest === Number.POSITIVE_INFINITY ? `at least ${shortest}` : `${shortest} to ${longest}`;
    add(`a text of ${allowed} characters is expected`, value => {
      const characters = [...String(value)].length;
      return characters >= shortest && characters <= longest;
    });
  }
  if (values !== undefined) {
    const allowed = new Set(values.map(one => allowedValue(type, one)));
    const more = values.length > LISTED ? ` and ${values.length - LISTED} more` : '';
    add(`allowed are ${values.slice(0, LISTED).join(', ')}${more}`, value => allowed.has(value));
  }
  return rules;
}

/** What a bound can be about: amounts, days and microseconds. */
const isAmount = (value: Value): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** A bound as what it is compared with; a whole number may be bounded by any. */
function boundOf(type: ColumnSpec['type'], bound: string | number): number | bigint | undefined {
  if (type === 'date') return momentOf(bound, text => dateOf(text.slice(0, 10)));
  if (type === 'timestamp') return momentOf(bound, text => timestampOf(text, false));
  return Number(bound);
}

/** A moment that a spec names, in UTC unless it says otherwise. */
function momentOf<T>(bound: string | number, read: (text: string) => T | undefined): T | undefined {
  const text = String(bound);
  return read(text) ?? read(new Date(text).toISOString());
}

function allowedValue(type: ColumnSpec['type'], value: string | number | boolean): Value | undefined {
  return valueOfJson(type, value, false) ?? valueOfText(type, String(value), false);
}
