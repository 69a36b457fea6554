import { addDuration } from '../../../spec/duration.ts';
import { durationOf, type TableSpec } from '../../../spec/schema.ts';
import { identifier } from '../../quote.ts';
import { gridStep, periodSql, startOfPeriod } from '../../series/grid.ts';
import { clockAt } from '../../series/zoned-time.ts';
import { fileViolation } from '../verdict.ts';
import { type Judged, percent } from './outcome.ts';
import { countOf, examplesFrom, oneRow, type Staged } from './staged.ts';

/**
 * Checks what a file is as a whole.
 * @param total Rows that are left of it.
 * @param time When it arrived, ISO 8601.
 */
export async function checkFile(
  table: TableSpec,
  staged: Staged,
  total: number,
  time: string,
): Promise<Judged[]> {
  const judged = [...rowCount(table, total)];
  if (total === 0) return judged;
  judged.push(
    ...(await missingShares(table, staged, total)),
    ...(await duplicateShare(table, staged, total)),
  );
  const column = table.time;
  if (column !== undefined && staged.columns.has(column)) {
    const moment = `CAST(${identifier(column)} AS TIMESTAMP)`;
    judged.push(...(await freshness(table, staged, moment, time)));
    judged.push(...(await sorted(table, staged, moment, column)));
    judged.push(...(await complete(table, staged, moment)));
  }
  return judged;
}

function* rowCount({ rows = {} }: TableSpec, total: number): Iterable<Judged> {
  // Without a stated minimum one row is needed: an export that holds nothing has failed.
  const { min = 1, max } = rows;
  const found = total === 0 ? 'no rows' : `${total} ${total === 1 ? 'row' : 'rows'}`;
  if (total < min) {
    yield error(
      'rows.min',
      `at least ${min} ${min === 1 ? 'row' : 'rows'}`,
      found,
      'Find out whether the export was cut short; if so few rows are right, lower rows.min in the contract.',
    );
  }
  if (max !== undefined && total > max) {
    yield error(
      'rows.max',
      `at most ${max} rows`,
      found,
      'Find out whether the export holds more than it should; if not, raise rows.max in the contract.',
    );
  }
}

async function missingShares(table: TableSpec, staged: Staged, total: number): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const [name, { max_missing, severity }] of Object.entries(table.columns)) {
    if (max_missing === undefined || !staged.columns.has(name)) continue;
    const from = `FROM ${staged.from} WHERE ${identifier(name)} IS NULL`;
    const missing = await countOf(
      staged.connection,
      `SELECT count(*) - count(${identifier(name)}) AS n FROM ${staged.from}`,
    );
    if (missing <= max_missing * total) continue;
    judged.push({
      severity,
      violation: {
        rule: `${name}.max_missing`,
        expected: `at most ${percent(max_missing)} of the rows without a value`,
        found: `${missing} of ${total} rows without one (${percent(missing / total)})`,
        rows: missing,
        examples: await examplesFrom(staged, `SELECT file_row_number AS o, NULL AS v ${from}`),
        advice: 'Find out why the source stopped filling the column.',
      },
    });
  }
  return judged;
}

async function duplicateShare(
  { max_duplicates }: TableSpec,
  staged: Staged,
  total: number,
): Promise<Judged[]> {
  if (max_duplicates === undefined) return [];
  const { connection, from, columns } = staged;
  const list = [...columns].map(identifier).join(', ');
  const repeats = await countOf(
    connection,
    `SELECT coalesce(sum(c - 1), 0) AS n FROM (SELECT count(*) AS c FROM ${from} GROUP BY ${list} HAVING count(*) > 1)`,
  );
  if (repeats <= max_duplicates * total) return [];
  const examples = await examplesFrom(
    staged,
    `SELECT file_row_number AS o, concat_ws(', ', ${list}) AS v FROM ${from}
     QUALIFY row_number() OVER (PARTITION BY ${list} ORDER BY file_row_number) > 1`,
  );
  return [
    {
      severity: 'error',
      violation: {
        rule: 'max_duplicates',
        expected: `at most ${percent(max_duplicates)} of the rows repeating another row entirely`,
        found: `${repeats} of ${total} rows repeat an earlier one (${percent(repeats / total)})`,
        rows: repeats,
        examples,
        advice: 'Find out whether the export was joined wrongly, or appended to an older file.',
      },
    },
  ];
}

async function freshness(
  { freshness: age }: TableSpec,
  { connection, from }: Staged,
  moment: string,
  time: string,
): Promise<Judged[]> {
  if (age === undefined) return [];
  const oldest = addDuration(new Date(time), durationOf(age), -1);
  const { newest } = await oneRow(connection, `SELECT epoch_ms(max(${moment})) AS newest FROM ${from}`);
  if (newest === null || Number(newest) >= oldest.getTime()) return [];
  return [
    error(
      'freshness',
      `a newest row of ${oldest.toISOString()} or later: at most ${age} before the file arrived`,
      `the newest row is of ${new Date(Number(newest)).toISOString()}`,
      'Find out whether the export is a stale copy, or whether the source stopped recording.',
    ),
  ];
}

async function sorted(table: TableSpec, staged: Staged, moment: string, column: string): Promise<Judged[]> {
  if (table.sorted !== true) return [];
  const offenders = `SELECT file_row_number AS o, m AS v FROM (
      SELECT file_row_number, ${moment} AS m, lag(${moment} IGNORE NULLS) OVER (ORDER BY file_row_number) AS before
      FROM ${staged.from}) WHERE m < before`;
  const rows = await countOf(staged.connection, `SELECT count(*) AS n FROM (${offenders})`);
  if (rows === 0) return [];
  return [
    {
      severity: 'error',
      violation: {
        rule: 'sorted',
        expected: `rows in the order of ${column}`,
        found: `${rows} ${rows === 1 ? 'row is' : 'rows are'} older than the row before`,
        rows,
        examples: await examplesFrom(staged, offenders),
        advice:
          'Sort the export by time; or, if the order does not matter, leave "sorted" out of the contract.',
      },
    },
  ];
}

/** Periods that a report lists by name. */
const LISTED = 5;

async function complete(
  { complete: every, read }: TableSpec,
  { connection, from }: Staged,
  moment: string,
): Promise<Judged[]> {
  if (every === undefined) return [];
  const step = gridStep(every, read?.timezone);
  // Gaps between the periods that are there, not the periods that are not: a wild date must not make billions of them.
  const reader = await connection.runAndReadAll(
    `SELECT count(*) OVER () AS gaps, (p + 1)::DOUBLE AS first, (next - 1)::DOUBLE AS last FROM (
       SELECT p, lead(p) OVER (ORDER BY p) AS next FROM (
         SELECT DISTINCT ${periodSql(moment, step)} AS p FROM ${from} WHERE ${moment} IS NOT NULL))
     WHERE next > p + 1 ORDER BY p LIMIT ${LISTED}`,
  );
  const found = reader.getRowObjectsJson();
  if (found.length === 0) return [];
  const shown = (period: unknown): string => {
    const start = startOfPeriod(Number(period), step);
    return clockTime(step.zone === undefined ? start : clockAt(start, step.zone));
  };
  const listed = found.map(({ first, last }) =>
    first === last ? shown(first) : `${shown(first)} to ${shown(last)}`,
  );
  const all = Number(found[0]?.gaps);
  return [
    error(
      'complete',
      `a row in every period of ${every} between the first and the last`,
      `${all} ${all === 1 ? 'gap' : 'gaps'}: ${listed.join(', ')}${all > LISTED ? ', …' : ''}`,
      'Find out whether the source failed to record, or whether the export skipped these periods.',
    ),
  ];
}

/** Such as `2026-01-31 13:45`. */
const clockTime = (clock: Date): string => clock.toISOString().slice(0, -8).replace('T', ' ');

const error = (rule: string, expected: string, found: string, advice: string): Judged => ({
  severity: 'error',
  violation: fileViolation(rule, expected, found, advice),
});
