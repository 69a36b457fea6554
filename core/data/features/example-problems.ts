import type { DuckDBConnection } from '@duckdb/node-api';
import { predictionColumns } from '../../spec/forecast-columns.ts';
import type { SpecProblem } from '../../spec/spec-problem.ts';
import { messageOf } from '../../telemetry/errors.ts';
import { withDuckDb } from '../duckdb.ts';
import { type ExpressionFacts, readExpression } from '../sql-expression.ts';
import { createEmptyTables } from './empty-tables.ts';
import { exampleStructureProblems } from './example-structure.ts';
import { fromClause, operand, type Relations } from './examples-query.ts';
import { kindOfType } from './feature-kind.ts';
import { type LeakSources, leaksOf } from './leaking-features.ts';
import { neededColumns } from './request-query.ts';
import { aliasOf, featuresOf, type TabularSection } from './tabular-section.ts';

/**
 * What is wrong with the examples of a spec, without looking at data: names, joins, expressions that do not bind or
 * that look beyond their row, features of types that no model takes, and features that contain the target.
 */
export async function exampleProblems(section: TabularSection): Promise<SpecProblem[]> {
  const structure = [...exampleStructureProblems(section)];
  // Expressions over tables that are not there would only repeat the same mistakes.
  if (structure.length > 0) return structure;
  return await withDuckDb({ paths: [], threads: 1 }, async connection => {
    const relations = await createEmptyTables(connection, section);
    const joins = await joinFacts(connection, section, relations);
    if (!(joins instanceof Map)) return [joins];
    return [
      ...(await expressionProblems(connection, section, relations, joins)),
      ...(await reservedNameProblems(connection, section)),
    ];
  });
}

/** The conditions of the joins by alias, or the first problem: what follows a broken join cannot be judged. */
async function joinFacts(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
): Promise<Map<string, ExpressionFacts> | SpecProblem> {
  const facts = new Map<string, ExpressionFacts>();
  for (const [i, join] of section.examples.joins.entries()) {
    const path = ['examples', 'joins', i, 'on'];
    const read = await readRowExpression(connection, join.on, path);
    if ('message' in read) return read;
    const bound = await bind(connection, `SELECT 1 FROM ${fromClause(section, relations, i + 1)}`);
    if (typeof bound === 'string') return { path, message: bound };
    facts.set(aliasOf(join), read);
  }
  return facts;
}

async function expressionProblems(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
  joins: ReadonlyMap<string, ExpressionFacts>,
): Promise<SpecProblem[]> {
  const { examples, task, tables } = section;
  const problems: SpecProblem[] = [];
  /** Facts and type of an expression; its problem is noted when there is one. */
  const judge = async (
    sql: string,
    path: SpecProblem['path'],
  ): Promise<(ExpressionFacts & { type: string }) | undefined> => {
    const read = await readRowExpression(connection, sql, path);
    if ('message' in read) {
      problems.push(read);
      return undefined;
    }
    const bound = await bind(connection, `SELECT ${operand(sql)} FROM ${fromClause(section, relations)}`);
    if (typeof bound === 'string') problems.push({ path, message: bound });
    return typeof bound === 'string' ? undefined : { ...read, type: bound.type };
  };

  if (examples.where !== undefined) await judge(examples.where, ['examples', 'where']);
  const target = await judge(examples.target, ['examples', 'target']);
  if (target !== undefined) {
    const message = targetProblem(task, target.type);
    if (message !== undefined) problems.push({ path: ['examples', 'target'], message });
  }
  const columnsOf = (table: string): string[] => Object.keys(tables[table]?.columns ?? {});
  const leaks: LeakSources | undefined = target && {
    scope: new Map([
      [examples.base, columnsOf(examples.base)],
      ...examples.joins.map(join => [aliasOf(join), columnsOf(join.table)] as const),
    ]),
    ...{ base: examples.base, known: examples.known, target, joins },
  };
  for (const { name, sql, measured } of featuresOf(examples)) {
    const path = ['examples', 'features', name];
    const feature = await judge(sql, path);
    if (measured !== undefined) {
      const moment = await judge(`(${measured}\n)::TIMESTAMP`, [...path, 'measured']);
      if (moment === undefined) continue;
    }
    if (feature === undefined) continue;
    if (kindOfType(feature.type) === undefined) {
      problems.push({
        path,
        message:
          `is of type ${feature.type}; a feature is a number, a boolean or text. Take a part of it, such as ` +
          'hour(…), dayofweek(…) or epoch(…)',
      });
    }
    const leaking = leaks === undefined ? [] : leaksOf(feature, leaks);
    if (leaking.length > 0) {
      problems.push({
        path,
        message:
          `leaks the target: it uses ${leaking.join(', ')}, which the target is made of. Leave the feature out, or ` +
          'name the column under examples.known if its value is known before the event',
      });
    }
  }
  return problems;
}

/** A request must have the columns that features look at, and cannot have those that its answer adds. */
async function reservedNameProblems(
  connection: DuckDBConnection,
  section: TabularSection,
): Promise<SpecProblem[]> {
  const reserved = predictionColumns(section.task);
  const { base } = section.examples;
  return (await neededColumns(connection, section))
    .filter(column => reserved.includes(column.toLowerCase()))
    .map(column => ({
      path: ['tables', base, 'columns', column],
      message:
        `"${column}" is the name of a column that answers add (${reserved.join(', ')}), so that no request could have ` +
        'it, and features or joins need it; rename it in the table, or do without it',
    }));
}

function targetProblem(task: TabularSection['task'], type: string): string | undefined {
  const kind = kindOfType(type);
  if (task === 'regression' && kind !== 'number')
    return `is of type ${type}; the target of a regression is a number`;
  if (kind === undefined || (task === 'classification' && /^(FLOAT|DOUBLE|DECIMAL)/.test(type))) {
    return `is of type ${type}; the target of a ${task} is a boolean, a whole number or text`;
  }
  return undefined;
}

async function readRowExpression(
  connection: DuckDBConnection,
  sql: string,
  path: SpecProblem['path'],
): Promise<ExpressionFacts | SpecProblem> {
  const read = await readExpression(connection, sql);
  if (typeof read === 'string') return { path, message: `"${sql}" is no expression: ${read}` };
  const aggregates = read.aggregates.map(name => `${name}(), which aggregates rows`);
  const faults = [...read.faults, ...aggregates];
  if (faults.length === 0) return read;
  return {
    path,
    message:
      `contains ${faults.join(', and ')}. It must be computable from one row and its joins alone, so that ` +
      'training and prediction see the same value',
  };
}

/** The type of the query's only column, or the message of DuckDB when it does not bind. */
async function bind(connection: DuckDBConnection, query: string): Promise<{ type: string } | string> {
  try {
    const described = await connection.runAndReadAll(`DESCRIBE ${query}`);
    return { type: String(described.getRowsJS()[0]?.[1]) };
  } catch (error) {
    return (messageOf(error).split('\n\nLINE')[0] ?? '').replaceAll('\n', ' ');
  }
}
