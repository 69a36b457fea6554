import { isObject } from '../template/intrinsics.ts';

/** Whether an event (or a part of it) is wanted. */
export type EventMatcher = (event: unknown) => boolean;

/** A pattern says something that is not known. The message has the path inside the pattern. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Decides about one value; `undefined` is a field that is not there. */
type ValueMatcher = (value: unknown) => boolean;

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** Conditions on text, which also stand inside `anything-but`. */
const TEXT_CONDITIONS: Readonly<Record<string, (argument: string) => (value: string) => boolean>> = {
  prefix: prefix => value => value.startsWith(prefix),
  suffix: suffix => value => value.endsWith(suffix),
  'equals-ignore-case': text => value => value.toLowerCase() === text.toLowerCase(),
  wildcard: pattern => {
    const expression = wildcardExpression(pattern);
    return value => expression.test(value);
  },
};

/**
 * Compiles an EventBridge event pattern.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws PatternError for an operator that is not known.
 */
export function compilePattern(pattern: unknown, path = ''): EventMatcher {
  if (!isObject(pattern))
    throw new PatternError(`${path || 'the pattern'}: found ${show(pattern)}; allowed: an object`);
  const fields = Object.entries(pattern).map(([field, wanted]): EventMatcher => {
    const place = path === '' ? field : `${path}.${field}`;
    if (field === '$or') {
      if (!Array.isArray(wanted)) throw new PatternError(`${place}: found ${show(wanted)}; allowed: a list`);
      const branches = wanted.map(branch => compilePattern(branch, place));
      return event => branches.some(matches => matches(event));
    }
    if (Array.isArray(wanted)) {
      const conditions = wanted.map(condition => compileCondition(condition, place));
      return event => {
        const value = isObject(event) ? event[field] : undefined;
        // A list in the event matches when one of its elements does.
        const values = Array.isArray(value) && value.length > 0 ? value : [value];
        return conditions.some(matches => values.some(matches));
      };
    }
    const inner = compilePattern(wanted, place);
    return event => {
      const value = isObject(event) ? event[field] : undefined;
      return Array.isArray(value) ? value.some(inner) : inner(value);
    };
  });
  return event => fields.every(matches => matches(event));
}

/**
 * What every key that a pattern can match begins with, one entry per alternative; `['']` when it may be anything.
 * @param conditions The list under the key's field, or undefined when the pattern does not speak of it.
 */
export function keyPrefixes(conditions: unknown): string[] {
  if (!Array.isArray(conditions)) return [''];
  return conditions.map((condition: unknown) => {
    if (typeof condition === 'string') return condition;
    if (!isObject(condition)) return '';
    if (typeof condition.prefix === 'string') return condition.prefix;
    if (typeof condition.wildcard === 'string') return condition.wildcard.split(/[*\\]/, 1)[0] ?? '';
    return '';
  });
}

function compileCondition(condition: unknown, place: string): ValueMatcher {
  if (
    condition === null ||
    typeof condition === 'string' ||
    typeof condition === 'number' ||
    typeof condition === 'boolean'
  ) {
    return value => value === condition;
  }
  const [[operator, argument] = ['', undefined], ...others] = isObject(condition)
    ? Object.entries(condition)
    : [];
  if (others.length > 0) throw unknownOperator(condition, place);
  if (operator === 'exists' && typeof argument === 'boolean')
    return value => (value !== undefined) === argument;
  if (operator === 'numeric' && Array.isArray(argument)) return numeric(argument, place);
  if (operator === 'anything-but') return anythingBut(argument, place);
  const textual = textCondition(operator, argument);
  if (textual === undefined) throw unknownOperator(condition, place);
  return value => typeof value === 'string' && textual(value);
}

function textCondition(operator: string, argument: unknown): ((value: string) => boolean) | undefined {
  const condition = TEXT_CONDITIONS[operator];
  if (condition === undefined) return undefined;
  if (typeof argument === 'string') return condition(argument);
  // { prefix: { equals-ignore-case: text } }, and suffix likewise.
  if ((operator === 'prefix' || operator === 'suffix') && isObject(argument)) {
    const text = argument['equals-ignore-case'];
    if (typeof text !== 'string') return undefined;
    const matches = condition(text.toLowerCase());
    return value => matches(value.toLowerCase());
  }
  return undefined;
}

function anythingBut(argument: unknown, place: string): ValueMatcher {
  if (isObject(argument)) {
    const [[operator, texts] = ['', undefined], ...others] = Object.entries(argument);
    const conditions = [texts].flat().map(text => textCondition(operator, text));
    if (others.length > 0 || conditions.length === 0)
      throw unknownOperator({ 'anything-but': argument }, place);
    const excluded = conditions.map(condition => {
      if (condition === undefined) throw unknownOperator({ 'anything-but': argument }, place);
      return condition;
    });
    return value =>
      value !== undefined && !(typeof value === 'string' && excluded.some(matches => matches(value)));
  }
  const excluded: unknown[] = [argument].flat();
  if (excluded.some(value => typeof value !== 'string' && typeof value !== 'number' && value !== null)) {
    throw unknownOperator({ 'anything-but': argument }, place);
  }
  return value => value !== undefined && !excluded.includes(value);
}

function numeric(argument: readonly unknown[], place: string): ValueMatcher {
  const limits: ((value: number) => boolean)[] = [];
  for (let i = 0; i < argument.length; i += 2) {
    const comparison = COMPARISONS[String(argument[i])];
    const limit = argument[i + 1];
    if (comparison === undefined || typeof limit !== 'number')
      throw unknownOperator({ numeric: argument }, place);
    limits.push(value => comparison(value, limit));
  }
  if (limits.length === 0) throw unknownOperator({ numeric: argument }, place);
  return value => typeof value === 'number' && limits.every(within => within(value));
}

/** `*` stands for any characters; a backslash takes the meaning from `*` and from itself. */
function wildcardExpression(pattern: string): RegExp {
  const parts = pattern.match(/\\[*\\]|\*|[^*\\]+|\\/g) ?? [];
  const source = parts.map(part => (part === '*' ? '.*' : RegExp.escape(part.replace(/^\\([*\\])$/, '$1'))));
  return new RegExp(`^${source.join('')}$`, 's');
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

const unknownOperator = (condition: unknown, place: string): PatternError =>
  new PatternError(
    `${place}: found ${show(condition)}; allowed: a value, prefix, suffix, equals-ignore-case, wildcard, anything-but, ` +
      'exists, numeric',
  );
