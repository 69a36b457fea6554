import type { DuckDBConnection } from '@duckdb/node-api';
import type { Source } from '../reading/source.ts';
import { EXAMPLES, type Example, type Violation } from '../verdict.ts';
import type { RowRule } from './row-rules.ts';
import type { TypedRows } from './typed-columns.ts';

export interface RuleOutcome {
  readonly reasons: Violation[];
  readonly warnings: Violation[];
}

/** Rows of the file, and the rows that break each rule: one scan, whatever the number of rules. */
export async function countBroken(
  connection: DuckDBConnection,
  rows: TypedRows,
  rules: readonly RowRule[],
): Promise<{ total: number; broken: number[] }> {
  const counts = rules.map((rule, i) => `count(*) FILTER (WHERE ${rule.broken}) AS n${i}`);
  const reader = await connection.runAndReadAll(
    `SELECT ${['count(*) AS total', ...counts].join(', ')} FROM (${rows.select()})`,
  );
  const [found = {}] = reader.getRowObjectsJson();
  return { total: Number(found.total), broken: rules.map((_, i) => Number(found[`n${i}`])) };
}

/** The first offending rows of the given rules. A second scan, which only a file with violations costs. */
export async function findExamples(
  connection: DuckDBConnection,
  source: Source,
  rows: TypedRows,
  rules: readonly RowRule[],
): Promise<Example[][]> {
  if (rules.length === 0) return [];
  const examples = rules.map(
    (rule, i) =>
      `arg_min({'o': o, 'v': left(${rule.shown}, 200)}, o, ${EXAMPLES}) FILTER (WHERE ${rule.broken}) AS e${i}`,
  );
  const reader = await connection.runAndReadAll(
    `SELECT ${examples.join(', ')} FROM (${rows.select('row_number() OVER () AS o')})`,
  );
  const [found = {}] = reader.getRowObjectsJson();
  const perRule = rules.map((_, i) => pairs(found[`e${i}`]));
  const ordinals = [...new Set(perRule.flat().map(({ ordinal }) => ordinal))].sort((a, b) => a - b);
  const numbers = await source.rowNumbers(ordinals);
  return perRule.map(list =>
    list.map(({ ordinal, value }) => ({ row: numbers.get(ordinal) ?? ordinal, value })),
  );
}

function pairs(list: unknown): { ordinal: number; value: string | null }[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: { o: unknown; v: unknown }) => ({
    ordinal: Number(item.o),
    value: typeof item.v === 'string' ? item.v : null,
  }));
}

/** Judges counts against tolerance and severity. What is tolerated is still said, as a warning. */
export async function judge(
  rules: readonly RowRule[],
  total: number,
  broken: readonly number[],
  examplesOf: (rules: readonly RowRule[]) => Promise<Example[][]>,
): Promise<RuleOutcome> {
  const hit = rules.flatMap((rule, i) => ((broken[i] ?? 0) > 0 ? [{ rule, rows: broken[i] ?? 0 }] : []));
  const examples = await examplesOf(hit.map(({ rule }) => rule));
  const outcome: RuleOutcome = { reasons: [], warnings: [] };
  for (const [i, { rule, rows }] of hit.entries()) {
    const tolerated = rows <= rule.tolerance * total;
    const violation = {
      rule: rule.id,
      expected:
        rule.tolerance > 0
          ? `${rule.expected}, in all but ${percent(rule.tolerance)} of the rows`
          : rule.expected,
      found: `${rows} of ${total} rows ${rows === 1 ? 'breaks' : 'break'} this (${percent(rows / total)})${tolerated ? ', which is tolerated' : ''}`,
      rows,
      examples: examples[i] ?? [],
      advice: rule.advice,
    };
    (tolerated || rule.severity === 'warn' ? outcome.warnings : outcome.reasons).push(violation);
  }
  return outcome;
}

/** A share as a percentage with at most three significant digits. */
export const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;
