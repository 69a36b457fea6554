import type { DuckDBConnection } from '@duckdb/node-api';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { withDuckDb } from '../duckdb.ts';
import type { Column } from '../features/columns.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier, literal } from '../quote.ts';
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
    const feature = { name: group, kind: 'category' } as const;
    const [column] = await readColumns(connection, from, dataset.rows[part], [feature]);
    return column?.kind === 'categorical'
      ? { ofRow: column.codes, count: column.categories.length }
      : undefined;
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
  const readings: Reading[] = [];
  for (const feature of features) {
    readings.push(await readingOf(connection, from, rows, feature, `categories_${readings.length}`));
  }
  await readAll(connection, from, readings);
  return readings.map(({ column }) => column);
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
  const reading = await readingOf(connection, from, rows, target, 'classes', target.classes);
  await readAll(connection, from, [reading]);
  const { column } = reading;
  return column.kind === 'numeric' ? column.values : Float64Array.from(column.codes);
}

/** A column that is being filled. */
interface Reading {
  readonly column: Column;
  /** SQL of the numbers that it is filled with; NULL leaves what it was filled with at first. */
  readonly numbers: string;
}

/**
 * @param type What the type of the column's categories is called while it is read.
 * @param known The categories, where they do not come from the relation.
 */
async function readingOf(
  connection: DuckDBConnection,
  from: string,
  rows: number,
  { name, kind }: Feature,
  type: string,
  known?: readonly string[],
): Promise<Reading> {
  const column = identifier(name);
  if (kind === 'number') return { column: numericColumn(name, rows), numbers: column };
  // DuckDB finds the indices: text of every row would have to be decoded first.
  const values =
    known?.map(literal).join(', ') ??
    `SELECT DISTINCT ${column} FROM ${from} WHERE ${column} IS NOT NULL ORDER BY 1`;
  await connection.run(`CREATE OR REPLACE TEMP TYPE ${type} AS ENUM (${values})`);
  const categories =
    known ??
    (await connection.runAndReadAll(`SELECT unnest(enum_range(NULL::${type}))::VARCHAR`))
      .getRowsJS()
      .map(([value]) => String(value));
  return {
    column: { kind: 'categorical', name, codes: new Int32Array(rows).fill(-1), categories },
    numbers: `enum_code(TRY_CAST(${column} AS ${type}))`,
  };
}

const numericColumn = (name: string, rows: number): Extract<Column, { kind: 'numeric' }> => ({
  ...{ kind: 'numeric', name, values: new Float64Array(rows).fill(Number.NaN) },
});

async function readNumbers(
  connection: DuckDBConnection,
  from: string,
  rows: number,
  name: string,
): Promise<Float64Array> {
  const column = numericColumn(name, rows);
  await readAll(connection, from, [{ column, numbers: identifier(name) }]);
  return column.values;
}

/** Fills columns in one pass over the rows. */
async function readAll(
  connection: DuckDBConnection,
  from: string,
  readings: readonly Reading[],
): Promise<void> {
  if (readings.length === 0) return;
  const cells = await connection.stream(
    `SELECT ${readings.map(({ numbers }) => numbers).join(', ')} FROM ${from}`,
  );
  let first = 0;
  for (;;) {
    const chunk = await cells.fetchChunk();
    // A call of the library each time that it is asked for.
    const count = chunk?.rowCount ?? 0;
    if (chunk === null || count === 0) return;
    for (const [i, { column }] of readings.entries()) {
      const vector = chunk.getColumnVector(i);
      const into = column.kind === 'numeric' ? column.values : column.codes;
      for (let row = 0; row < count; row++) {
        const value = vector.getItem(row);
        if (typeof value === 'number') into[first + row] = value;
      }
    }
    first += count;
  }
}
