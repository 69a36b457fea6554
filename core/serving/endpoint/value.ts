import type { ColumnType } from '../../spec/schema.ts';

/**
 * A value of a contract type: a text; a whole number (a bigint beyond what a number holds exactly); a finite number; true
 * or false; a date as days since 1970; a timestamp as microseconds since 1970, in UTC; null where it is missing.
 */
export type Value = string | number | bigint | boolean | null;

/** How each type is written in a request, in the words of an error. */
export const WRITTEN: Readonly<Record<ColumnType, string>> = {
  string: 'a text',
  integer: 'a whole number (in JSON without quotes, at most 9007199254740991 in size)',
  number: 'a finite number (in JSON without quotes)',
  boolean: 'true or false',
  date: 'a date such as "2026-01-31"',
  timestamp: 'a timestamp such as "2026-01-31T13:45:00Z"',
};

const DAY = 86_400_000;

const ISO =
  /^([1-9]\d{3})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?([Zz]|[+-]\d{2}(?::?\d{2})?))?)?$/;

interface Moment {
  /** Microseconds since 1970, of the written time taken as UTC. */
  readonly written: bigint;
  /** Microseconds that the writer's clock is ahead of UTC; undefined where the text does not say. */
  readonly offset: bigint | undefined;
}

/** A date or a time in ISO 8601, or undefined; the 30th of February is none. */
function moment(text: string): Moment | undefined {
  const parts = ISO.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(part => Number(part ?? 0));
  const [fraction = '', zone] = parts.slice(7);
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  if (date.getUTCMonth() + 1 !== month || date.getUTCDate() !== day) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const seconds = BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second);
  const offset = zone === undefined ? undefined : offsetOf(zone);
  if (offset === null) return undefined;
  return { written: seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)), offset };
}

/** Microseconds of an offset such as +09:00; null where there is no such. */
function offsetOf(zone: string): bigint | null {
  if (zone === 'Z' || zone === 'z') return 0n;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
  if (hours > 15 || minutes > 59) return null;
  return BigInt((zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)) * 60_000_000n;
}

/**
 * Reads a date, which may be written as its midnight: pandas writes it so.
 * @returns undefined where the text is no date.
 */
export function dateOf(text: string): number | undefined {
  const found = moment(text);
  const day = 86_400_000_000n;
  if (found === undefined || (found.offset ?? 0n) !== 0n || found.written % day !== 0n) return undefined;
  return Number(found.written / day);
}

/**
 * Reads a timestamp.
 * @param zoned Whether times without an offset are those of another zone than UTC: such a text says too little.
 * @returns undefined where the text is no timestamp, or does not say which.
 */
export function timestampOf(text: string, zoned: boolean): bigint | undefined {
  const found = moment(text);
  if (found === undefined || (zoned && found.offset === undefined)) return undefined;
  return found.written - (found.offset ?? 0n);
}

/** A value of JSON as one of a type; undefined where it is none. */
export function valueOfJson(type: ColumnType, json: unknown, zoned: boolean): Value | undefined {
  if (json === null) return null;
  switch (type) {
    case 'string':
      return typeof json === 'string' ? json : undefined;
    case 'integer':
      return typeof json === 'number' && Number.isSafeInteger(json) ? json : undefined;
    case 'number':
      return typeof json === 'number' && Number.isFinite(json) ? json : undefined;
    case 'boolean':
      return typeof json === 'boolean' ? json : undefined;
    case 'date':
      return typeof json === 'string' ? dateOf(json) : undefined;
    case 'timestamp':
      return typeof json === 'string' ? timestampOf(json, zoned) : undefined;
  }
}

const INTEGER = /^[+-]?\d{1,19}(?:\.0+)?$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

/** A cell of CSV as a value of a type; undefined where it is none. */
export function valueOfText(type: ColumnType, text: string, zoned: boolean): Value | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'integer':
      return INTEGER.test(text) ? integerOf(text) : undefined;
    case 'number': {
      const number = NUMBER.test(text) ? Number(text) : Number.NaN;
      return Number.isFinite(number) ? number : undefined;
    }
    case 'boolean':
      return { true: true, false: false }[text.toLowerCase()];
    case 'date':
      return dateOf(text);
    case 'timestamp':
      return timestampOf(text, zoned);
  }
}

function integerOf(text: string): number | bigint | undefined {
  const exact = BigInt(text.replace(/^\+/, '').replace(/\..*$/, ''));
  if (BigInt.asIntN(64, exact) !== exact) return undefined;
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

/** A value as the prediction log and errors write it: dates and timestamps in ISO 8601, what JSON cannot hold as text. */
export function shownValue(type: ColumnType, value: Value): string | number | boolean | null {
  if (type === 'date' && typeof value === 'number') return new Date(value * DAY).toISOString().slice(0, 10);
  if (type === 'timestamp' && typeof value === 'bigint') {
    const micros = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
    const second = new Date(Number((value - micros) / 1000n)).toISOString().slice(0, 19);
    return `${second}${micros === 0n ? '' : `.${String(micros).padStart(6, '0')}`}Z`;
  }
  return typeof value === 'bigint' ? String(value) : value;
}
