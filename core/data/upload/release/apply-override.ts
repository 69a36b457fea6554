import type { Outcome } from '../contract/outcome.ts';
import { fileViolation } from '../verdict.ts';
import type { Release } from './release-record.ts';

/** Rules that guard values: without them something would be lost, or made up, so that nobody can wave them through. */
const GUARDS = ['file', 'header', 'key.form', 'table', 'model'];
const COLUMN_GUARDS = /\.(type|column|timezone)$/;

/** Whether a person may accept a file that breaks this rule. */
export const canBeOverridden = (rule: string): boolean =>
  rule.startsWith('checks.') ||
  (!COLUMN_GUARDS.test(rule) && !GUARDS.some(guard => rule === guard || rule.startsWith(`${guard}.`)));

/**
 * What is left of an outcome after somebody has decided to accept the file: its reasons become warnings, before them
 * stands who decided and why. Undefined when a rule among them cannot be overridden.
 */
export function applyOverride({ reasons, warnings }: Outcome, release: Release): Outcome | undefined {
  if (!reasons.every(({ rule }) => canBeOverridden(rule))) return undefined;
  const decision = fileViolation(
    'released',
    `files that keep the contract, unless a person decides otherwise`,
    `${release.actor} released the file at ${release.time}: ${release.reason}`,
    'Correct the contract if the next file will break the same rules.',
  );
  return { reasons: [], warnings: [decision, ...reasons, ...warnings] };
}
