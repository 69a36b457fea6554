import type { SpecProblem } from '../../spec/spec-problem.ts';
import { aliasOf, exampleTime, type TabularSection } from './tabular-section.ts';

const listOf = (names: readonly string[]): string => names.join(', ') || 'none';

/** Mistakes in the names of tables and columns, and in joins and splits that need a time. */
export function* exampleStructureProblems(section: TabularSection): Iterable<SpecProblem> {
  const { tables, examples, split } = section;
  const base = tables[examples.base];
  if (base === undefined) {
    yield noTable(section, ['examples', 'base'], examples.base);
    return;
  }
  const columns = Object.keys(base.columns);
  const noColumn = (path: SpecProblem['path'], column: string): SpecProblem => ({
    path,
    message: `there is no column "${column}" in table ${examples.base}; its columns: ${listOf(columns)}`,
  });
  const lists = { id: examples.id, known: examples.known };
  for (const [field, names] of Object.entries(lists)) {
    for (const [i, column] of names.entries()) {
      if (!columns.includes(column)) yield noColumn(['examples', field, i], column);
    }
  }
  if (split.by === 'group') {
    for (const [i, column] of split.columns.entries()) {
      if (!columns.includes(column)) yield noColumn(['split', 'columns', i], column);
    }
  }

  const time = exampleTime(section);
  if (time !== undefined && !(time in base.columns)) yield noColumn(['examples', 'time'], time);
  else if (time !== undefined && !['date', 'timestamp'].includes(base.columns[time]?.type ?? '')) {
    yield {
      path: ['examples', 'time'],
      message: `"${time}" is of type ${base.columns[time]?.type}; a time column is a date or a timestamp`,
    };
  }
  if (time === undefined && split.by === 'time') {
    yield { path: ['split', 'by'], message: `needs a time; add "time:" to table ${examples.base}` };
  }
  yield* joinProblems(section, time);
}

function* joinProblems(section: TabularSection, time: string | undefined): Iterable<SpecProblem> {
  const { tables, examples } = section;
  const aliases = new Set([examples.base.toLowerCase()]);
  for (const [i, join] of examples.joins.entries()) {
    const path = ['examples', 'joins', i];
    const table = tables[join.table];
    const alias = aliasOf(join);
    if (table === undefined) yield noTable(section, [...path, 'table'], join.table);
    if (aliases.has(alias.toLowerCase())) {
      yield {
        path: [...path, 'as'],
        message: `"${alias}" is taken already; give the join another name with "as:"`,
      };
    }
    aliases.add(alias.toLowerCase());
    if (join.delay !== undefined && join.asof !== true) {
      yield { path: [...path, 'delay'], message: 'applies to as-of joins only; add "asof: true"' };
    }
    if (table === undefined) continue;
    if (join.asof === true && table.time === undefined) {
      yield {
        path: [...path, 'asof'],
        message: `needs the time column of ${join.table}; add "time:" to that table`,
      };
    }
    if (join.asof === true && time === undefined) {
      yield { path: [...path, 'asof'], message: `needs a time; add "time:" to table ${examples.base}` };
    }
    if (join.asof === undefined && table.time !== undefined && time !== undefined) {
      yield {
        path,
        message:
          `may bring values from after the event: table ${join.table} has a time column (${table.time}). Say ` +
          '"asof: true" for the newest row at that moment, or "asof: false" if its rows do not depend on time',
      };
    }
  }
}

const noTable = ({ tables }: TabularSection, path: SpecProblem['path'], name: string): SpecProblem => ({
  path,
  message: `there is no table "${name}"; tables here: ${listOf(Object.keys(tables))}`,
});
