/** The intrinsic functions that are computed as Step Functions does. */
const FUNCTIONS = [
  'Format',
  'StringToJson',
  'Array',
  'ArrayPartition',
  'ArrayContains',
  'ArrayRange',
  'ArrayGetItem',
  'ArrayLength',
  'ArrayUnique',
  'Base64Encode',
  'Base64Decode',
  'Hash',
  'JsonMerge',
  'MathRandom',
  'MathAdd',
  'StringSplit',
  'UUID',
];

/**
 * A path to one value. Of others (`[*]`, `..`, filters, slices) Step Functions always makes a list; the interpreter
 * makes the item itself when it is alone.
 */
const PATH = /\$\$?(?:\.[\p{L}\p{N}_-]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])*/u;
const TEXT = /'(?:\\.|[^'\\])*'/;
const CALL = /States\.(?<name>\w+)\(/;
const LITERAL = /-?\d+(?:\.\d+)?|true|false|null/;

const WHOLE_PATH = new RegExp(`^${PATH.source}$`, 'u');
const TOKEN = new RegExp(
  `\\s*(?:(?<call>${CALL.source})|(?<value>${PATH.source}|${TEXT.source}|${LITERAL.source})|(?<comma>,)|(?<close>\\)))\\s*`,
  'uy',
);

/** Step Functions splits at each of several characters, the interpreter only where all stand together. */
const LONG_SEPARATOR = /\bStates\.StringSplit\((?:[^()']|'[^']*')*,\s*'(?!.')[^']+'\)/;

/** What is wrong with a path or a call of intrinsic functions, or nothing. */
export function expressionProblem(expression: string): string | undefined {
  if (!expression.startsWith('States.')) {
    return WHOLE_PATH.test(expression)
      ? undefined
      : 'allowed: paths to one value, such as $.a[0], and intrinsic functions';
  }
  if (LONG_SEPARATOR.test(expression))
    return 'States.StringSplit knows only separators of one character here';
  return callProblem(expression);
}

function callProblem(expression: string): string | undefined {
  const malformed =
    'allowed in intrinsic functions: paths to one value, texts, numbers, true, false, null and others';
  let depth = 0;
  /** What stood before: after `call` a value or the end of the call, after `comma` a value, after `value` either of both. */
  let last: 'call' | 'comma' | 'value' = 'comma';
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const { call, name, value, comma, close } = TOKEN.exec(expression)?.groups ?? {};
    if (call !== undefined && last !== 'value') {
      if (name === 'JsonToString') return 'States.JsonToString loses backslashes here';
      if (name === undefined || !FUNCTIONS.includes(name)) {
        return `allowed are ${FUNCTIONS.map(known => `States.${known}`).join(', ')}`;
      }
      depth++;
      last = 'call';
    } else if (value !== undefined && last !== 'value') {
      last = 'value';
    } else if (comma !== undefined && last === 'value' && depth > 0) {
      last = 'comma';
    } else if (close !== undefined && last !== 'comma' && depth > 0) {
      depth--;
      last = 'value';
    } else {
      return malformed;
    }
  }
  return depth === 0 ? undefined : malformed;
}
