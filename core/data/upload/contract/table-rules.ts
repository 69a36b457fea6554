import type { TableSpec } from '../../../spec/schema.ts';
import { messageOf } from '../../../telemetry/errors.ts';
import { identifier, literal } from '../../quote.ts';
import { plainSentence } from '../reading/plain-sentence.ts';
import { fileViolation } from '../verdict.ts';
import { dropRows } from './dropped.ts';
import { type Breach, isTolerated, type Judged, judgeRows } from './outcome.ts';
import { countOf, examplesFrom, type Staged } from './staged.ts';

/** Accepted Parquet files of the tables that columns refer to. */
export type ReferencedPaths = ReadonlyMap<string, readonly string[]>;

/** A rule that points at rows, and needs other rows or other tables to find them. */
interface TableRule extends Breach {
  /** Query for the number `n` of rows that break it; by default it counts `offenders`. */
  readonly count?: string;
  /** Query for the rows that break it: `o` (file_row_number) and `v` (what to show). */
  readonly offenders: string;
  /** The spec or other tables can make the query fail: that is reported like a broken rule. */
  readonly mayFail?: boolean;
}

/**
 * Checks what rows mean among other rows.
 * @param drop Whether rows that break a rule are marked as dropped; then the later rules do not see them any more.
 */
export async function checkTable(
  table: TableSpec,
  staged: Staged,
  referenced: ReferencedPaths,
  total: number,
  drop: boolean,
): Promise<Judged[]> {
  const { connection } = staged;
  const judged: Judged[] = [...absentReferences(table, staged, referenced)];
  const rules = [
    ...referenceRules(table, staged, referenced),
    ...sqlRules(table, staged),
    ...uniqueRules(table, staged),
  ];
  for (const rule of rules) {
    try {
      const rows = await countOf(connection, rule.count ?? `SELECT count(*) AS n FROM (${rule.offenders})`);
      if (rows === 0) continue;
      judged.push(judgeRows(rule, rows, total, await examplesFrom(staged, rule.offenders)));
      if (drop && rule.severity === 'error' && !isTolerated(rule, rows, total)) {
        await dropRows(connection, `SELECT o + 1, ${literal(rule.id)} FROM (${rule.offenders})`, total);
      }
    } catch (error) {
      // A condition of the spec can fail on values that its author did not think of; a table that is referred to can
      // have been accepted before its contract had the column.
      if (rule.mayFail !== true) throw error;
      judged.push({ severity: rule.severity, violation: failedRule(rule, error) });
    }
  }
  return judged;
}

function* uniqueRules(table: TableSpec, { columns, from }: Staged): Iterable<TableRule> {
  const unique = Object.entries(table.columns)
    .filter(([, spec]) => spec.unique)
    .map(([name, { severity }]) => ({ id: `${name}.unique`, names: [name], severity }));
  const key = table.key === undefined ? [] : [{ id: 'key', names: table.key, severity: 'error' as const }];
  for (const { id, names, severity } of [...unique, ...key]) {
    if (!names.every(name => columns.has(name))) continue;
    const list = names.map(identifier).join(', ');
    const complete = names.map(name => `${identifier(name)} IS NOT NULL`).join(' AND ');
    yield {
      id,
      severity,
      tolerance: 0,
      expected: `${names.length === 1 ? 'every value' : 'every combination'} of ${names.join(', ')} once: of rows that repeat it, the first counts`,
      advice: 'Remove the repeated rows at the source, or correct what identifies a row in the contract.',
      // Groups are counted first: they need less memory than the order within each.
      count: `SELECT coalesce(sum(c - 1), 0) AS n FROM (
        SELECT count(*) AS c FROM ${from} WHERE ${complete} GROUP BY ${list} HAVING count(*) > 1)`,
      offenders: `SELECT file_row_number AS o, concat_ws(', ', ${list}) AS v FROM ${from} WHERE ${complete}
        QUALIFY row_number() OVER (PARTITION BY ${list} ORDER BY file_row_number) > 1`,
    };
  }
}

interface Reference {
  readonly name: string;
  readonly table: string;
  readonly column: string;
}

const referencesOf = (table: TableSpec, { columns }: Staged): Reference[] =>
  Object.entries(table.columns).flatMap(([name, { references }]) => {
    if (references === undefined || !columns.has(name)) return [];
    const dot = references.indexOf('.');
    return [{ name, table: references.slice(0, dot), column: references.slice(dot + 1) }];
  });

function* absentReferences(table: TableSpec, staged: Staged, referenced: ReferencedPaths): Iterable<Judged> {
  for (const { name, table: other, column } of referencesOf(table, staged)) {
    if ((referenced.get(other) ?? []).length > 0) continue;
    yield {
      severity: table.columns[name]?.severity ?? 'error',
      violation: fileViolation(
        `${name}.references`,
        `values of ${other}.${column}`,
        `table ${other} has no accepted data yet`,
        `Upload a file of table ${other} first, then this file again.`,
      ),
    };
  }
}

function* referenceRules(table: TableSpec, staged: Staged, referenced: ReferencedPaths): Iterable<TableRule> {
  for (const { name, table: other, column } of referencesOf(table, staged)) {
    const paths = referenced.get(other) ?? [];
    const spec = table.columns[name];
    if (paths.length === 0 || spec === undefined) continue;
    // As text: the two columns may be of different types. Older parts may lack the column.
    const unknown = (value: string): string => `${value} IS NOT NULL AND CAST(${value} AS VARCHAR) NOT IN (
      SELECT CAST(${identifier(column)} AS VARCHAR)
      FROM read_parquet([${paths.map(literal).join(', ')}], union_by_name = true)
      WHERE ${identifier(column)} IS NOT NULL)`;
    const counts = staged.counts.get(name);
    yield {
      id: `${name}.references`,
      severity: spec.severity,
      tolerance: spec.tolerance,
      mayFail: true,
      expected: `values of ${other}.${column}`,
      advice: `Correct the values, or upload a newer file of table ${other} that has them.`,
      ...(counts !== undefined && {
        count: `SELECT coalesce(sum(n), 0) AS n FROM ${counts} WHERE ${unknown('value')}`,
      }),
      offenders: `SELECT file_row_number AS o, ${identifier(name)} AS v FROM ${staged.from}
        WHERE ${unknown(identifier(name))}`,
    };
  }
}

function* sqlRules(table: TableSpec, { columns, from }: Staged): Iterable<TableRule> {
  const names = [...columns];
  const shown = names.map(
    name => `${literal(`${name}=`)} || coalesce(CAST(${identifier(name)} AS VARCHAR), '')`,
  );
  for (const { name, sql, severity } of table.checks ?? []) {
    yield {
      id: `checks.${name}`,
      severity,
      tolerance: 0,
      mayFail: true,
      expected: `rows where ${sql}`,
      advice: 'Correct the rows at the source, or the condition in the contract.',
      // As in SQL's own CHECK, a condition that is NULL is met. The line break ends a comment in the condition.
      offenders: `SELECT file_row_number AS o, concat_ws(', ', ${shown.join(', ')}) AS v FROM ${from}
        WHERE NOT (${sql}\n)`,
    };
  }
}

const failedRule = ({ id, expected }: TableRule, error: unknown) =>
  fileViolation(
    id,
    expected,
    `this cannot be evaluated: ${plainSentence(messageOf(error))}`,
    'Correct the contract, or upload the table that it refers to again.',
  );
