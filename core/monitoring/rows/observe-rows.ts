import type { DuckDBConnection } from '@duckdb/node-api';
import { readColumns, readTarget } from '../../data/dataset/read-examples.ts';
import { withDuckDb } from '../../data/duckdb.ts';
import { acceptedRelations } from '../../data/features/accepted-relations.ts';
import type { Column } from '../../data/features/columns.ts';
import { exampleColumns, type Relations, ROWS } from '../../data/features/examples-query.ts';
import {
  createObserved,
  idSql,
  keySql,
  OBSERVED_KEY,
  OBSERVED_MOMENT,
} from '../../data/features/observed-query.ts';
import { exampleTime, type TabularSection } from '../../data/features/tabular-section.ts';
import { identifier, literal } from '../../data/quote.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import type { PredictorArtifact } from '../../training/tabular/predictor-artifact.ts';
import type { Range } from '../window.ts';

/** Rows as they were accepted, in columns. */
export interface ObservedRows {
  readonly rows: number;
  /** The features of the version, as it sees them. */
  readonly columns: readonly Column[];
  /** Milliseconds since 1970; NaN where the time is unknown. */
  readonly moments: Float64Array;
  /** Numbers, NaN where unknown; or indices of the version's classes, -1 where unknown or another class. */
  readonly target: Float64Array;
  /** Whether the target of a row is known, and is one that the version can predict. */
  readonly known: (row: number) => boolean;
  /** The id of each row as one text; empty unless ids were asked for. */
  readonly keys: readonly string[];
  /** For each id asked for its text in the form of `keys`. */
  readonly asked: readonly string[];
}

/** Values of `examples.id` as text, in its order; null where one is missing. */
export type AskedId = readonly (string | null)[];

/**
 * The rows of a span that have been accepted by now, and further ones by their ids, whatever their time.
 * @throws DatasetError when a table has no accepted data, or the spec's SQL cannot run.
 */
export async function observeRows(o: {
  readonly data: ObjectStore;
  readonly model: string;
  readonly artifact: PredictorArtifact;
  readonly span: Range;
  readonly ids: readonly AskedId[];
}): Promise<ObservedRows> {
  const { section, features, recipe } = o.artifact;
  const { base, joins } = section.examples;
  const names = [base, ...joins.map(({ table }) => table)];
  await using tables = await acceptedRelations(o.data, o.model, section, names);
  await using scratch = await scratchFolder('monitoring');
  const options = { paths: tables.paths, threads: 1, workspace: scratch.path };
  return await withDuckDb(options, async connection => {
    const asked = await createAsked(connection, section, o.ids);
    const source = `FROM ${tables.relations[base]}`;
    const inSpan = withinSpan(section, o.span);
    const byId =
      asked.length === 0
        ? ''
        : `UNION ALL FROM (${source} WHERE (${inSpan}) IS NOT TRUE${prefilter(section, o.ids)}) WHERE ${amongAsked(section)}`;
    const relations: Relations = { ...tables.relations, [ROWS]: `(${source} WHERE ${inSpan} ${byId})` };
    const rows = await createObserved(connection, section, relations, features);
    const { question } = recipe;
    const classes = question.task === 'classification' ? question.classes : undefined;
    const [moments] = await readColumns(connection, 'observed', rows, [
      { name: OBSERVED_MOMENT, kind: 'number' },
    ]);
    const target = await readTarget(connection, 'observed', rows, {
      name: exampleColumns(section).target,
      ...(classes === undefined ? { kind: 'number' } : { kind: 'category', classes: [...classes] }),
    });
    return {
      ...{ rows, asked, target },
      columns: await readColumns(connection, 'observed', rows, features),
      moments: moments?.kind === 'numeric' ? moments.values : new Float64Array(0),
      known: row => (classes === undefined ? !Number.isNaN(target[row]) : (target[row] ?? -1) >= 0),
      keys: asked.length === 0 ? [] : await readTexts(connection, 'observed', OBSERVED_KEY),
    };
  });
}

function withinSpan(section: TabularSection, { from, to }: Range): string {
  const time = exampleTime(section);
  if (time === undefined) return 'false';
  const moment = `${identifier(time)}::TIMESTAMP`;
  const at = (date: Date): string => `TIMESTAMP ${literal(date.toISOString().slice(0, -1))}`;
  return `(${moment} >= ${at(from)} AND ${moment} < ${at(to)})`;
}

/**
 * A condition on one column of the id, which most rows fail: it is compared as it is, and decides for whole groups of rows
 * at once, before ids are put together as text. Empty where every column lacks a value in some id.
 */
function prefilter({ examples }: TabularSection, ids: readonly AskedId[]): string {
  const at = examples.id.findIndex((_, i) => ids.every(id => id[i] != null));
  const column = examples.id[at];
  return column === undefined ? '' : ` AND ${identifier(column)} IN (SELECT v${at} FROM asked)`;
}

const amongAsked = ({ examples }: TabularSection): string =>
  `${keySql(examples.id.map(identifier))} IN (SELECT key FROM asked)`;

/** Makes the table `asked` of the ids that are looked for, and returns their texts. */
async function createAsked(
  connection: DuckDBConnection,
  section: TabularSection,
  ids: readonly AskedId[],
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const columns = section.examples.id.map((_, i) => `id_${i}`);
  await connection.run(
    `CREATE TEMP TABLE given (o INTEGER, ${columns.map(name => `${name} VARCHAR`).join(', ')})`,
  );
  const appender = await connection.createAppender('given');
  for (const [o, id] of ids.entries()) {
    appender.appendInteger(o);
    for (const i of columns.keys()) {
      const value = id[i] ?? null;
      if (value === null) appender.appendNull();
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
  const typed = section.examples.id.map((column, i) => idSql(section, column, `id_${i}`));
  const values = typed.map((value, i) => `${value} AS v${i}`);
  await connection.run(
    `CREATE TEMP TABLE asked AS SELECT ${[`${keySql(typed)} AS key`, ...values].join(', ')} FROM given ORDER BY o`,
  );
  return readTexts(connection, 'asked', 'key');
}

async function readTexts(connection: DuckDBConnection, from: string, name: string): Promise<string[]> {
  const read = await connection.runAndReadAll(`SELECT ${identifier(name)} FROM ${from}`);
  return read.getRowsJS().map(([value]) => String(value));
}
