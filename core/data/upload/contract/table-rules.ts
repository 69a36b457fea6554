import { addDuration } from '../../../spec/duration.ts';
import { durationOf, type Severity, type TableSpec } from '../../../spec/schema.ts';
import { messageOf } from '../../../telemetry/errors.ts';
import { identifier, literal } from '../../duckdb.ts';
import { plainSentence } from '../reading/parquet.ts';
import { type Example, fileViolation, type Violation } from '../verdict.ts';
import { percent, type RuleOutcome } from './check-rows.ts';
import { examplesFrom, oneRow, type Staged, stagedRows } from './staged.ts';

/** Accepted Parquet files of the tables that columns refer to. */
export type ReferencedPaths = ReadonlyMap<string, readonly string[]>;

interface Judged {
  readonly severity: Severity;
  readonly violation: Violation;
}

/** Every rule that looks at more than one row at a time. */
export async function checkTable(
  table: TableSpec,
  staged: Staged,
  referenced: ReferencedPaths,
  time: string,
): Promise<RuleOutcome> {
  const judged = [
    ...rowCountRules(table, staged),
    ...(await missingShareRules(table, staged)),
    ...(await uniqueRules(table, staged)),
    ...(await referenceRules(table, staged, referenced)),
    ...(await freshnessRule(table, staged, time)),
    ...(await sqlRules(table, staged)),
  ];
  return {
    reasons: judged.filter(({ severity }) => severity === 'error').map(({ violation }) => violation),
    warnings: judged.filter(({ severity }) => severity === 'warn').map(({ violation }) => violation),
  };
}

function* rowCountRules({ rows = {} }: TableSpec, { total }: Staged): Iterable<Judged> {
  // Without a stated minimum one row is needed: an export that holds nothing has failed.
  const { min = 1, max } = rows;
  if (total < min) {
    yield error(
      fileViolation(
        'rows.min',
        `at least ${min} ${min === 1 ? 'row' : 'rows'}`,
        total === 0 ? 'no rows below the header' : `${total} rows`,
        'Find out whether the export was cut short; if so few rows are right, lower rows.min in the contract.',
      ),
    );
  }
  if (max !== undefined && total > max) {
    yield error(
      fileViolation(
        'rows.max',
        `at most ${max} rows`,
        `${total} rows`,
        'Find out whether the export holds more than it should; if not, raise rows.max in the contract.',
      ),
    );
  }
}

async function missingShareRules(table: TableSpec, staged: Staged): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const [name, { max_missing, severity }] of Object.entries(table.columns)) {
    if (max_missing === undefined || !staged.columns.has(name) || staged.total === 0) continue;
    const column = identifier(name);
    const from = `FROM ${stagedRows(staged)} WHERE ${column} IS NULL`;
    const missing = Number((await oneRow(staged.connection, `SELECT count(*) AS n ${from}`)).n);
    if (missing <= max_missing * staged.total) continue;
    judged.push({
      severity,
      violation: {
        rule: `${name}.max_missing`,
        expected: `at most ${percent(max_missing)} of the rows without a value`,
        found: `${missing} of ${staged.total} rows without one (${percent(missing / staged.total)})`,
        rows: missing,
        examples: await examplesFrom(staged, `SELECT file_row_number AS o, NULL AS v ${from}`),
        advice: 'Find out why the source stopped filling the column.',
      },
    });
  }
  return judged;
}

async function uniqueRules(table: TableSpec, staged: Staged): Promise<Judged[]> {
  const unique = Object.entries(table.columns)
    .filter(([, { unique }]) => unique)
    .map(([name, { severity }]) => ({ rule: `${name}.unique`, columns: [name], severity }));
  const key =
    table.key === undefined ? [] : [{ rule: 'key', columns: table.key, severity: 'error' as const }];
  const judged: Judged[] = [];
  for (const { rule, columns, severity } of [...unique, ...key]) {
    if (!columns.every(name => staged.columns.has(name))) continue;
    const violation = await repeatedValues(staged, rule, columns);
    if (violation !== undefined) judged.push({ severity, violation });
  }
  return judged;
}

async function repeatedValues(
  staged: Staged,
  rule: string,
  names: readonly string[],
): Promise<Violation | undefined> {
  const { connection } = staged;
  const list = names.map(identifier).join(', ');
  const complete = names.map(name => `${identifier(name)} IS NOT NULL`).join(' AND ');
  const from = `FROM ${stagedRows(staged)} WHERE ${complete}`;
  const counted = await oneRow(
    connection,
    `SELECT coalesce(sum(n - 1), 0) AS repeats FROM (SELECT count(*) AS n ${from} GROUP BY ${list} HAVING count(*) > 1)`,
  );
  const repeats = Number(counted.repeats);
  if (repeats === 0) return undefined;
  const examples = await examplesFrom(
    staged,
    `SELECT file_row_number AS o, concat_ws(', ', ${list}) AS v ${from}
     QUALIFY row_number() OVER (PARTITION BY ${list} ORDER BY file_row_number) > 1`,
  );
  const what = names.length === 1 ? `every value of ${names[0]}` : `every combination of ${names.join(', ')}`;
  return {
    rule,
    expected: `${what} once`,
    found: `${repeats} ${repeats === 1 ? 'row repeats' : 'rows repeat'} the one of an earlier row`,
    rows: repeats,
    examples,
    advice: 'Remove the repeated rows at the source, or correct what identifies a row in the contract.',
  };
}

async function referenceRules(
  table: TableSpec,
  staged: Staged,
  referenced: ReferencedPaths,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const [name, { references, tolerance, severity }] of Object.entries(table.columns)) {
    if (references === undefined || !staged.columns.has(name)) continue;
    const dot = references.indexOf('.');
    const other = references.slice(0, dot);
    const target = references.slice(dot + 1);
    const rule = `${name}.references`;
    const paths = referenced.get(other) ?? [];
    if (paths.length === 0) {
      judged.push({
        severity,
        violation: fileViolation(
          rule,
          `values of ${references}`,
          `table ${other} has no accepted data yet`,
          `Upload a file of table ${other} first, then this file again.`,
        ),
      });
      continue;
    }
    const known = `SELECT ${identifier(target)} FROM read_parquet([${paths.map(literal).join(', ')}])`;
    const from = `FROM ${stagedRows(staged)} WHERE ${identifier(name)} IS NOT NULL
      AND ${identifier(name)} NOT IN (SELECT * FROM (${known}) AS k(x) WHERE x IS NOT NULL)`;
    const unknown = Number((await oneRow(staged.connection, `SELECT count(*) AS n ${from}`)).n);
    if (unknown === 0) continue;
    const tolerated = unknown <= tolerance * staged.total;
    judged.push({
      severity: tolerated ? 'warn' : severity,
      violation: {
        rule,
        expected: `values of ${references}${tolerance > 0 ? `, in all but ${percent(tolerance)} of the rows` : ''}`,
        found: `${unknown} of ${staged.total} rows with a value that is not there (${percent(unknown / staged.total)})${tolerated ? ', which is tolerated' : ''}`,
        rows: unknown,
        examples: await examplesFrom(staged, `SELECT file_row_number AS o, ${identifier(name)} AS v ${from}`),
        advice: `Correct the values, or upload a newer file of table ${other} that has them.`,
      },
    });
  }
  return judged;
}

async function freshnessRule(
  { time: column, freshness }: TableSpec,
  staged: Staged,
  time: string,
): Promise<Judged[]> {
  if (freshness === undefined || column === undefined || !staged.columns.has(column)) return [];
  const oldest = addDuration(new Date(time), durationOf(freshness), -1);
  const { newest, n } = await oneRow(
    staged.connection,
    `SELECT epoch_ms(max(CAST(${identifier(column)} AS TIMESTAMP))) AS newest, count(${identifier(column)}) AS n
     FROM ${stagedRows(staged)}`,
  );
  if (Number(n) === 0 || Number(newest) >= oldest.getTime()) return [];
  return [
    error(
      fileViolation(
        'freshness',
        `a newest row of ${oldest.toISOString()} or later: at most ${freshness} before the file arrived`,
        `the newest row is of ${new Date(Number(newest)).toISOString()}`,
        'Find out whether the export is a stale copy, or whether the source stopped recording.',
      ),
    ),
  ];
}

async function sqlRules(table: TableSpec, staged: Staged): Promise<Judged[]> {
  const judged: Judged[] = [];
  const columns = [...staged.columns].map(identifier).join(', ');
  for (const { name, sql, severity } of table.checks ?? []) {
    const rule = `checks.${name}`;
    const from = `FROM (SELECT ${columns} FROM ${stagedRows(staged)}) WHERE NOT (${sql}\n)`;
    try {
      const broken = Number((await oneRow(staged.connection, `SELECT count(*) AS n ${from}`)).n);
      if (broken === 0) continue;
      judged.push({
        severity,
        violation: {
          rule,
          expected: `rows where ${sql}`,
          found: `${broken} of ${staged.total} rows break this (${percent(broken / staged.total)})`,
          rows: broken,
          examples: await checkExamples(staged, sql),
          advice: 'Correct the rows at the source, or the condition in the contract.',
        },
      });
    } catch (failure) {
      judged.push({
        severity,
        violation: fileViolation(
          rule,
          `rows where ${sql}`,
          `the condition cannot be evaluated: ${plainSentence(messageOf(failure))}`,
          'Correct the condition in the contract.',
        ),
      });
    }
  }
  return judged;
}

const checkExamples = (staged: Staged, sql: string): Promise<Example[]> => {
  const shown = [...staged.columns].map(
    name => `${literal(`${name}=`)} || coalesce(CAST(${identifier(name)} AS VARCHAR), '')`,
  );
  return examplesFrom(
    staged,
    `SELECT file_row_number AS o, concat_ws(', ', ${shown.join(', ')}) AS v FROM ${stagedRows(staged)} WHERE NOT (${sql}\n)`,
  );
};

const error = (violation: Violation): Judged => ({ severity: 'error', violation });
