import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '../../../telemetry/errors.ts';
import { literal } from '../../quote.ts';
import { plainSentence } from '../reading/plain-sentence.ts';
import type { Source } from '../reading/source.ts';
import { EXAMPLES, type Example, fileViolation } from '../verdict.ts';
import { dropRows } from './dropped.ts';
import { isTolerated, type Judged, judgeRows } from './outcome.ts';
import type { RowRule } from './row-rules.ts';
import { oneRow } from './staged.ts';
import type { TypedRows } from './typed-rows.ts';

/** A rule and how many rows break it. */
export interface Counted {
  readonly rule: RowRule;
  readonly rows: number;
}

/**
 * Rows of the file, and the rows that break each rule: one scan, whatever the number of rules.
 * @param select A query with the columns that the rules speak of.
 */
export async function countBroken(
  connection: DuckDBConnection,
  select: string,
  rules: readonly RowRule[],
): Promise<{ total: number; broken: Counted[] }> {
  const counts = rules.map((rule, i) => `count(*) FILTER (WHERE ${rule.broken}) AS n${i}`);
  const found = await oneRow(
    connection,
    `SELECT ${['count(*) AS total', ...counts].join(', ')} FROM (${select})`,
  );
  const broken = rules.map((rule, i) => ({ rule, rows: Number(found[`n${i}`]) }));
  return { total: Number(found.total), broken: broken.filter(({ rows }) => rows > 0) };
}

/**
 * The same over rows that `stageIfTyped` has written. What the footer of their file proves needs no scan: its bounds
 * and counts are those of every value.
 * @param select As `selectStaged` gives it.
 */
export async function countBrokenStaged(
  connection: DuckDBConnection,
  select: string,
  rules: readonly RowRule[],
): Promise<{ total: number; broken: Counted[] }> {
  const ofValues = rules.filter(rule => !rule.ofWriting);
  const proofs = ofValues.flatMap(({ proof }, i) => (proof === undefined ? [] : [`${proof} AS p${i}`]));
  // In a query of its own: asked together with anything else, DuckDB would scan the rows.
  const proved =
    proofs.length === 0 ? {} : await oneRow(connection, `SELECT ${proofs.join(', ')} FROM (${select})`);
  return countBroken(
    connection,
    select,
    ofValues.filter((_, i) => proved[`p${i}`] !== true),
  );
}

/**
 * Keeps out rules that DuckDB cannot evaluate, such as patterns with a lookahead, which its regular expressions (RE2)
 * do not have: each becomes a broken rule by itself.
 */
export async function usableRules(
  connection: DuckDBConnection,
  rules: readonly RowRule[],
): Promise<{ usable: RowRule[]; unusable: Judged[] }> {
  const usable: RowRule[] = [];
  const unusable: Judged[] = [];
  for (const rule of rules) {
    try {
      if (rule.trial !== undefined) await connection.run(`SELECT ${rule.trial}`);
      usable.push(rule);
    } catch (error) {
      const found = `this cannot be evaluated: ${plainSentence(messageOf(error))}`;
      const violation = fileViolation(rule.id, rule.expected, found, 'Correct the contract.');
      unusable.push({ severity: rule.severity, violation });
    }
  }
  return { usable, unusable };
}

/** Judges what was counted. The examples take a second scan, which only a file with broken rules costs. */
export async function judgeBroken(
  connection: DuckDBConnection,
  source: Source,
  rows: TypedRows,
  broken: readonly Counted[],
  total: number,
): Promise<Judged[]> {
  if (broken.length === 0) return [];
  const columns = broken.map(
    ({ rule }, i) =>
      `arg_min({'o': o, 'v': left(${rule.shown}, 200)}, o, ${EXAMPLES}) FILTER (WHERE ${rule.broken}) AS e${i}`,
  );
  const found = await oneRow(
    connection,
    `SELECT ${columns.join(', ')} FROM (${rows.select('row_number() OVER () AS o')})`,
  );
  const shown = broken.map((_, i) => ordinalsAndValues(found[`e${i}`]));
  const ordinals = [...new Set(shown.flat().map(({ ordinal }) => ordinal))].sort((a, b) => a - b);
  const numbers = await source.rowNumbers(ordinals);
  const numberOf = new Map(ordinals.map((ordinal, i) => [ordinal, numbers[i] ?? ordinal]));
  return broken.map(({ rule, rows }, i) => {
    const examples = (shown[i] ?? []).map(
      ({ ordinal, value }): Example => ({ row: numberOf.get(ordinal) ?? ordinal, value }),
    );
    return judgeRows(rule, rows, total, examples);
  });
}

function ordinalsAndValues(list: unknown): { ordinal: number; value: string | null }[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: { o: unknown; v: unknown }) => ({
    ordinal: Number(item.o),
    value: typeof item.v === 'string' ? item.v : null,
  }));
}

/** Marks the rows that break what the contract does not tolerate. */
export async function dropBroken(
  connection: DuckDBConnection,
  rows: TypedRows,
  broken: readonly Counted[],
  total: number,
): Promise<void> {
  const rules = broken.filter(
    ({ rule, rows: count }) => rule.severity === 'error' && !isTolerated(rule, count, total),
  );
  if (rules.length === 0) return;
  const names = rules.map(({ rule }) => `CASE WHEN ${rule.broken} THEN ${literal(rule.id)} END`);
  await dropRows(
    connection,
    `SELECT * FROM (
       SELECT o, unnest([${names.join(', ')}]) AS rule FROM (${rows.select('row_number() OVER () AS o')})
       WHERE ${rules.map(({ rule }) => `(${rule.broken})`).join(' OR ')}
     ) WHERE rule IS NOT NULL`,
    total,
  );
}
