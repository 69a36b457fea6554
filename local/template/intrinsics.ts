import { UnsupportedError } from '../errors.ts';

/** What intrinsic functions look up in the stack around them. Each throws when there is nothing of that name. */
export interface Scope {
  /** Where the value stands, for messages: `Stack/LogicalId`. */
  readonly place: string;
  ref(logicalId: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  exported(name: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, key: string, name: string): unknown;
}

/** Stands for AWS::NoValue: the property is as if it were not written. */
const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => {
    const name = text(argument, 'Ref', scope);
    return name === 'AWS::NoValue' ? NO_VALUE : scope.ref(name);
  },
  'Fn::GetAtt': (argument, scope) => {
    const parts =
      typeof argument === 'string' ? argument.split(/\.(.*)/s, 2) : list(argument, 'Fn::GetAtt', scope);
    const [logicalId, attribute] = parts.map(part => text(resolve(part, scope), 'Fn::GetAtt', scope));
    if (logicalId === undefined || attribute === undefined) throw misuse('Fn::GetAtt', argument, scope);
    return scope.attribute(logicalId, attribute);
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(argument, 'Fn::Join', scope);
    return list(resolve(parts, scope), 'Fn::Join', scope)
      .map(part => scalar(part, 'Fn::Join', scope))
      .join(text(separator, 'Fn::Join', scope));
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables = {}] =
      typeof argument === 'string' ? [argument] : list(argument, 'Fn::Sub', scope);
    const local = new Map(Object.entries(object(variables, 'Fn::Sub', scope)));
    return text(template, 'Fn::Sub', scope).replace(
      /\$\{(!?)([^}]+)\}/g,
      (_, literal: string, name: string) => {
        if (literal === '!') return `\${${name}}`;
        if (local.has(name)) return scalar(resolve(local.get(name), scope), 'Fn::Sub', scope);
        const [logicalId = name, attribute] = name.split(/\.(.*)/s, 2);
        return scalar(
          attribute === undefined ? scope.ref(logicalId) : scope.attribute(logicalId, attribute),
          'Fn::Sub',
          scope,
        );
      },
    );
  },
  'Fn::Select': (argument, scope) => {
    const [index, from] = list(argument, 'Fn::Select', scope);
    const values = list(resolve(from, scope), 'Fn::Select', scope);
    const value = values[Number(resolve(index, scope))];
    if (value === undefined) throw misuse('Fn::Select', argument, scope);
    return value;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = list(argument, 'Fn::Split', scope);
    return text(resolve(whole, scope), 'Fn::Split', scope).split(text(separator, 'Fn::Split', scope));
  },
  'Fn::ImportValue': (argument, scope) =>
    scope.exported(text(resolve(argument, scope), 'Fn::ImportValue', scope)),
  'Fn::FindInMap': (argument, scope) => {
    const [map, key, name] = list(resolve(argument, scope), 'Fn::FindInMap', scope).map(part =>
      text(part, 'Fn::FindInMap', scope),
    );
    if (map === undefined || key === undefined || name === undefined)
      throw misuse('Fn::FindInMap', argument, scope);
    return scope.mapping(map, key, name);
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list(argument, 'Fn::If', scope);
    return resolveOrNothing(scope.condition(text(condition, 'Fn::If', scope)) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [a, b] = list(resolve(argument, scope), 'Fn::Equals', scope);
    return JSON.stringify(a) === JSON.stringify(b);
  },
  'Fn::And': (argument, scope) => list(argument, 'Fn::And', scope).every(part => truth(part, scope)),
  'Fn::Or': (argument, scope) => list(argument, 'Fn::Or', scope).some(part => truth(part, scope)),
  'Fn::Not': (argument, scope) => !truth(list(argument, 'Fn::Not', scope)[0], scope),
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text(resolve(argument, scope), 'Fn::Base64', scope)).toString('base64'),
};

/**
 * A template value with every intrinsic function replaced by what it yields.
 * @throws UnsupportedError for a function that is not known.
 */
export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = resolveOrNothing(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** Whether a condition's expression holds. */
export const truth = (expression: unknown, scope: Scope): boolean => {
  if (isObject(expression) && typeof expression.Condition === 'string')
    return scope.condition(expression.Condition);
  const value = resolve(expression, scope);
  if (typeof value === 'boolean') return value;
  throw misuse('Conditions', expression, scope);
};

function resolveOrNothing(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    throw new UnsupportedError([
      `${scope.place}: found the dynamic reference ${value}; allowed: plain values`,
    ]);
  }
  if (Array.isArray(value)) {
    return value.map(item => resolveOrNothing(item, scope)).filter(item => item !== NO_VALUE);
  }
  if (!isObject(value)) return value;
  const [name = '', ...others] = Object.keys(value);
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const intrinsic = INTRINSICS[name];
    if (intrinsic === undefined) {
      const allowed = Object.keys(INTRINSICS).join(', ');
      throw new UnsupportedError([
        `${scope.place}: found the intrinsic function ${name}; allowed: ${allowed}`,
      ]);
    }
    return intrinsic(value[name], scope);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, resolveOrNothing(inner, scope)] as const)
      .filter(([, inner]) => inner !== NO_VALUE),
  );
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function text(value: unknown, intrinsic: string, scope: Scope): string {
  if (typeof value !== 'string') throw misuse(intrinsic, value, scope);
  return value;
}

function scalar(value: unknown, intrinsic: string, scope: Scope): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw misuse(intrinsic, value, scope);
  }
  return String(value);
}

function list(value: unknown, intrinsic: string, scope: Scope): readonly unknown[] {
  if (!Array.isArray(value)) throw misuse(intrinsic, value, scope);
  return value;
}

function object(value: unknown, intrinsic: string, scope: Scope): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw misuse(intrinsic, value, scope);
  return value;
}

const misuse = (intrinsic: string, found: unknown, scope: Scope): UnsupportedError =>
  new UnsupportedError([
    `${scope.place}: ${intrinsic} cannot work with ${JSON.stringify(found)?.slice(0, 120)}`,
  ]);
