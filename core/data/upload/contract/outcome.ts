import type { Severity } from '../../../spec/schema.ts';
import type { Violation } from '../verdict.ts';

/** What checking has found. */
export interface Outcome {
  readonly reasons: readonly Violation[];
  readonly warnings: readonly Violation[];
}

/** A broken rule and how much it matters. */
export interface Judged {
  readonly severity: Severity;
  readonly violation: Violation;
}

export const outcomeOf = (judged: readonly Judged[]): Outcome => ({
  reasons: judged.filter(({ severity }) => severity === 'error').map(({ violation }) => violation),
  warnings: judged.filter(({ severity }) => severity === 'warn').map(({ violation }) => violation),
});

export const combined = (...outcomes: readonly Outcome[]): Outcome => ({
  reasons: outcomes.flatMap(({ reasons }) => reasons),
  warnings: outcomes.flatMap(({ warnings }) => warnings),
});

/** What can be said of any rule that single rows break. */
export interface Breach {
  readonly id: string;
  readonly severity: Severity;
  readonly expected: string;
  /** Share of rows that may break it. */
  readonly tolerance: number;
  readonly advice: string;
}

/** Whether so few rows break the rule that the contract allows it. */
export const isTolerated = ({ tolerance }: Breach, rows: number, total: number): boolean =>
  rows <= tolerance * total;

/** A rule that `rows` of `total` rows break. What is tolerated is still said, as a warning. */
export function judgeRows(
  breach: Breach,
  rows: number,
  total: number,
  examples: Violation['examples'],
): Judged {
  const { id, severity, expected, tolerance, advice } = breach;
  const tolerated = isTolerated(breach, rows, total);
  return {
    severity: tolerated ? 'warn' : severity,
    violation: {
      rule: id,
      expected: tolerance > 0 ? `${expected}, in all but ${percent(tolerance)} of the rows` : expected,
      found: `${rows} of ${total} rows ${rows === 1 ? 'breaks' : 'break'} this (${percent(rows / total)})${tolerated ? ', which is tolerated' : ''}`,
      rows,
      examples,
      advice,
    },
  };
}

/** A share as a percentage with at most three significant digits. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
