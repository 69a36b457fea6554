import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { withDuckDb } from '../duckdb.ts';
import type { Column } from '../features/columns.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier } from '../quote.ts';
import { type PartName, partKey } from './dataset-record.ts';
import type { ExamplesRecord } from './examples-record.ts';

/** The examples of one part, in the order of its file. */
export interface ExamplesPart {
  readonly rows: number;
  /** One per feature that was asked for. */
  readonly columns: readonly Column[];
  /** Numbers, or indices into the target's classes. */
  readonly target: Float64Array;
}

type Feature = ExamplesRecord['columns']['features'][number];

/**
 * Reads one part of a dataset into columns. Categories are those of this part, sorted.
 * @param features Names of the features to read.
 * @default all
 */
export async function readExamples(
  data: ObjectStore,
  dataset: ExamplesRecord,
  part: PartName,
  features: readonly string[] = dataset.columns.features.map(({ name }) => name),
): Promise<ExamplesPart> {
  const { target } = dataset.columns;
  const wanted = dataset.columns.features.filter(({ name }) => features.includes(name));
  await using files = await materializeAll(data, [partKey(dataset, part)]);
  return await withDuckDb({ paths: files.paths, threads: 1 }, async connection => {
    const from = parquetRows(files.paths);
    const rows = dataset.rows[part];
    return {
      rows,
      columns: await readColumns(connection, from, rows, wanted),
      target: await readTarget(connection, from, rows, target),
    };
  });
}

/** The time of each example of a part, in milliseconds since 1970, NaN where there is none; undefined without times. */
export async function readTimes(
  data: ObjectStore,
  dataset: ExamplesRecord,
  part: PartName,
): Promise<Float64Array | undefined> {
  const { time } = dataset.columns;
  if (time === undefined) return undefined;
  await using files = await materializeAll(data, [partKey(dataset, part)]);
  return await withDuckDb({ paths: files.paths, threads: 1 }, async connection => {
    const from = `(SELECT epoch_ms(${identifier(time)})::DOUBLE AS time FROM ${parquetRows(files.paths)})`;
    return readNumbers(connection, from, dataset.rows[part], 'time');
  });
}

/** The group of each example of a part, numbered from 0; undefined where the split is not by group. */
export async function readGroups(
  data: ObjectStore,
  dataset: ExamplesRecord,
  part: PartName,
): Promise<{ readonly ofRow: Int32Array; readonly count: number } | undefined> {
  const { group } = dataset.columns;
  if (group === undefined) return undefined;
  await using files = await materializeAll(data, [partKey(dataset, part)]);
  return await withDuckDb({ paths: files.paths, threads: 1 }, async connection => {
    const from = parquetRows(files.paths);
    const { codes, categories } = await readCategories(connection, from, dataset.rows[part], group);
    return { ofRow: codes, count: categories.length };
  });
}

/** The rows of one part in the order of time, as indices into its columns; as they are where they have no time. */
export async function orderOfTime(
  data: ObjectStore,
  dataset: ExamplesRecord,
  part: PartName,
): Promise<Uint32Array> {
  const rows = Uint32Array.from({ length: dataset.rows[part] }, (_, row) => row);
  const times = await readTimes(data, dataset, part);
  const at = (row: number): number => times?.[row] ?? 0;
  return times === undefined ? rows : rows.sort((a, b) => at(a) - at(b) || a - b);
}

/**
 * Columns of a relation: numbers as they are, NaN where there is none, text as indices into its values.
 * @param from SQL of rows in their order: DOUBLE columns of kind number, VARCHAR ones of kind category.
 */
export async function readColumns(
  connection: DuckDBConnection,
  from: string,
  rows: number,
  features: readonly Feature[],
): Promise<Column[]> {
  const columns: Column[] = [];
  // One at a time: of all columns at once, the text would take more memory than what is made of it.
  for (const feature of features) columns.push(await readColumn(connection, from, rows, feature));
  return columns;
}

/**
 * The target of a relation: numbers, or indices into its classes; -1 for a class that is none of them.
 * @param from As for `readColumns`.
 */
export async function readTarget(
  connection: DuckDBConnection,
  from: string,
  rows: number,
  target: ExamplesRecord['columns']['target'],
): Promise<Float64Array> {
  const label = await readColumn(connection, from, rows, target, target.classes);
  return label.kind === 'numeric' ? label.values : Float64Array.from(label.codes);
}

async function readColumn(
  connection: DuckDBConnection,
  from: string,
  rows: number,
  { name, kind }: Feature,
  known?: readonly string[],
): Promise<Column> {
  return kind === 'number'
    ? { kind: 'numeric', name, values: await readNumbers(connection, from, rows, name) }
    : { kind: 'categorical', name, ...(await readCategories(connection, from, rows, name, known)) };
}

async function readCategories(
  connection: DuckDBConnection,
  from: string,
  rows: number,
  name: string,
  known?: readonly string[],
): Promise<{ readonly codes: Int32Array; readonly categories: readonly string[] }> {
  const column = identifier(name);
  const categories = known ?? (await valuesOf(connection, column, from));
  const codes = new Int32Array(rows).fill(-1);
  const index = new Map(categories.map((category, i) => [category, i]));
  await forEachValue(connection, `SELECT ${column} FROM ${from}`, (value, i) => {
    if (typeof value === 'string') codes[i] = index.get(value) ?? -1;
  });
  return { codes, categories };
}

async function readNumbers(
  connection: DuckDBConnection,
  from: string,
  rows: number,
  name: string,
): Promise<Float64Array> {
  const values = new Float64Array(rows).fill(Number.NaN);
  await forEachValue(connection, `SELECT ${identifier(name)} FROM ${from}`, (value, i) => {
    if (typeof value === 'number') values[i] = value;
  });
  return values;
}

async function valuesOf(connection: DuckDBConnection, column: string, from: string): Promise<string[]> {
  const result = await connection.runAndReadAll(
    `SELECT DISTINCT ${column} FROM ${from} WHERE ${column} IS NOT NULL ORDER BY 1`,
  );
  return result.getRowsJS().map(([value]) => String(value));
}

async function forEachValue(
  connection: DuckDBConnection,
  query: string,
  take: (value: DuckDBValue, row: number) => void,
): Promise<void> {
  const cells = await connection.stream(query);
  let row = 0;
  for (;;) {
    const chunk = await cells.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    for (const value of chunk.getColumnValues(0)) take(value, row++);
  }
}
