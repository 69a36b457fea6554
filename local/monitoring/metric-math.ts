/** A metric math expression cannot be computed here. */
export class MetricMathError extends Error {
  override readonly name = 'MetricMathError';
}

type Value = number | undefined;
type Expression = (lookup: (id: string) => Value) => Value;

const OPERATORS: Readonly<Record<string, (a: number, b: number) => Value>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // CloudWatch drops points that divide by zero.
  '/': (a, b) => (b === 0 ? undefined : a / b),
};

export interface CompiledExpression {
  /** The metrics and expressions that it mentions. */
  readonly ids: ReadonlySet<string>;
  /** The value of one period; missing when an operand is missing. */
  readonly evaluate: Expression;
}

/**
 * Compiles metric math: numbers, ids, + - * /, parentheses, and FILL(id, number).
 * @throws MetricMathError for anything else.
 */
export function compileMetricMath(text: string): CompiledExpression {
  const tokens = text.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|[-+*/(),]|\S/g) ?? [];
  const ids = new Set<string>();
  let position = 0;
  const refuse = (): MetricMathError =>
    new MetricMathError(
      `found the expression ${text}; allowed: ids, numbers, + - * /, parentheses and FILL(id, number)`,
    );
  const take = (expected?: string): string => {
    const token = tokens[position++];
    if (token === undefined || (expected !== undefined && token !== expected)) throw refuse();
    return token;
  };

  const binary = (operators: string, operand: () => Expression): Expression => {
    let left = operand();
    for (;;) {
      const operator = tokens[position];
      const apply = operator !== undefined && operators.includes(operator) ? OPERATORS[operator] : undefined;
      if (apply === undefined) return left;
      position++;
      const [a, b] = [left, operand()];
      left = lookup => {
        const [x, y] = [a(lookup), b(lookup)];
        return x === undefined || y === undefined ? undefined : apply(x, y);
      };
    }
  };
  const sum = (): Expression => binary('+-', () => binary('*/', atom));
  const atom = (): Expression => {
    const token = take();
    if (token === '(') {
      const inner = sum();
      take(')');
      return inner;
    }
    if (token === '-') {
      const inner = atom();
      return lookup => {
        const value = inner(lookup);
        return value === undefined ? undefined : -value;
      };
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (token === 'FILL' && tokens[position] === '(') {
      take('(');
      const inner = sum();
      take(',');
      const filler = Number(take());
      if (Number.isNaN(filler)) throw refuse();
      take(')');
      return lookup => inner(lookup) ?? filler;
    }
    if (!/^[a-z]\w*$/.test(token)) throw refuse();
    ids.add(token);
    return lookup => lookup(token);
  };

  const evaluate = sum();
  if (position !== tokens.length) throw refuse();
  return { ids, evaluate };
}
