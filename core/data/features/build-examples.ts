import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DatasetError } from '../../telemetry/errors.ts';
import { mapParts, PARTS, type PartName, type TimeRange } from '../dataset/dataset-record.ts';
import {
  type PartedRows,
  refuseSharedExample,
  refuseSharedKey,
  refuseSharedTime,
} from '../dataset/leakage.ts';
import { identifier, literal } from '../quote.ts';
import { computeExamples, SPLIT_KEY } from './compute-examples.ts';
import { type ExampleColumns, exampleColumns, type Relations } from './examples-query.ts';
import { castTo, type FeatureKind, featureSql, kindOfType } from './feature-kind.ts';
import { exampleRanges, partByKey, partByTime, type ShareSplit, splitColumns } from './split-examples.ts';
import { exampleTime, type TabularSection } from './tabular-section.ts';

/** A name with a space, which neither features nor other columns of the query have. */
const PART = 'part of the split';

/** How examples were split: the time of each part, or the columns whose hash decides and the shares asked for. */
export type BuiltSplit =
  | { readonly by: 'time'; readonly ranges: Readonly<Record<PartName, TimeRange>> }
  | ({ readonly columns: readonly string[] } & Pick<ShareSplit, 'by' | 'validation' | 'test'>);

export interface BuiltExamples {
  /** Path of the file of each part. */
  readonly files: Readonly<Record<PartName, string>>;
  readonly rows: Readonly<Record<PartName, number>>;
  readonly columns: ExampleColumns;
  readonly features: readonly { readonly name: string; readonly kind: FeatureKind }[];
  /** Values of the target of a classification, sorted; undefined for a regression. */
  readonly classes: readonly string[] | undefined;
  readonly split: BuiltSplit;
  /** Rows of the base table that are no examples, because target or time are missing. */
  readonly dropped: { readonly withoutTarget: number; readonly withoutTime: number };
}

/**
 * Computes the examples of a section, splits them, and writes a Parquet file per part: columns of the id, time, group,
 * features as DOUBLE or VARCHAR, target as DOUBLE (regression) or VARCHAR (classification); rows in the order of all
 * columns. What is not finite is missing. The connection must have one thread, so that equal examples give equal
 * bytes.
 * @throws DatasetError when a join is not many-to-one, an expression fails, a part is empty or there is one class only.
 * @throws LeakageError when a feature was measured after its example, or a part contains what another one has.
 */
export async function buildExamples(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
  folder: string,
): Promise<BuiltExamples> {
  const columns = exampleColumns(section);
  const computed = await computeExamples(connection, section, relations, join(folder, 'unsplit.parquet'));
  const usable = usableRows(section, columns);
  const dropped = await countDropped(connection, computed, usable);
  const from = `(FROM ${computed} WHERE ${usable.withTarget} AND ${usable.withTime})`;
  const { split, part } = await chooseSplit(connection, section, columns, from);
  const rows: PartedRows = { from: `(SELECT *, ${part} AS ${identifier(PART)} FROM ${from})`, part: PART };
  await (split.by === 'time'
    ? refuseLeakingTimes(connection, section, columns, rows)
    : refuseSharedKey(connection, rows, SPLIT_KEY));
  const features = await featureKinds(connection, columns, from);
  const files = mapParts(name => join(folder, `${name}.parquet`));
  const counts = await writeParts(connection, section, columns, features, rows, files);
  const classes = section.task === 'classification' ? await classesOf(connection, columns, rows) : undefined;
  return { files, rows: counts, columns, features, classes, split, dropped };
}

/** Proves that the parts of a split by time share neither a moment nor an example. */
async function refuseLeakingTimes(
  connection: DuckDBConnection,
  section: TabularSection,
  { id, time: moment = '' }: ExampleColumns,
  rows: PartedRows,
): Promise<void> {
  await refuseSharedTime(connection, rows, moment);
  const { id: named } = section.examples;
  const time = exampleTime(section) ?? '';
  // An id with the time in it has one time, and so lies in one part.
  if (named.some(column => column.toLowerCase() === time.toLowerCase())) return;
  await refuseSharedExample(connection, rows, { columns: id, named, time });
}

/** SQL conditions of rows that can be examples. */
export function usableRows(
  { task, split }: TabularSection,
  { target, time }: ExampleColumns,
): { readonly withTarget: string; readonly withTime: string } {
  const value = identifier(target);
  const moment = time === undefined ? 'NULL' : identifier(time);
  // Of null, isfinite is null: coalesce makes both conditions true or false.
  return {
    withTarget:
      task === 'regression' ? `coalesce(isfinite(${value}::DOUBLE), false)` : `${value} IS NOT NULL`,
    withTime: split.by === 'time' ? `coalesce(isfinite(${moment}::TIMESTAMP), false)` : 'true',
  };
}

async function countDropped(
  connection: DuckDBConnection,
  from: string,
  { withTarget, withTime }: ReturnType<typeof usableRows>,
): Promise<BuiltExamples['dropped']> {
  const result = await connection.runAndReadAll(`
    SELECT count(*) FILTER (NOT ${withTarget})::DOUBLE, count(*) FILTER (${withTarget} AND NOT ${withTime})::DOUBLE FROM ${from}
  `);
  const [withoutTarget, withoutTime] = result.getRowsJS()[0] ?? [];
  return { withoutTarget: Number(withoutTarget), withoutTime: Number(withoutTime) };
}

/** The split, and SQL of the part that a row lies in. */
async function chooseSplit(
  connection: DuckDBConnection,
  section: TabularSection,
  { time }: ExampleColumns,
  from: string,
): Promise<{ readonly split: BuiltSplit; readonly part: string }> {
  const { split, examples } = section;
  if (split.by !== 'time') {
    const { by, validation, test } = split;
    return {
      split: { by, columns: splitColumns(section), validation, test },
      part: partByKey(identifier(SPLIT_KEY), split),
    };
  }
  if (time === undefined)
    throw new DatasetError(`split.by: time needs a time column; add "time:" to table ${examples.base}.`);
  const moment = identifier(time);
  const result = await connection.runAndReadAll(
    `SELECT epoch_ms(min(${moment}))::DOUBLE, epoch_ms(max(${moment}))::DOUBLE FROM ${from}`,
  );
  const [oldest, newest] = result.getRowsJS()[0] ?? [];
  if (typeof oldest !== 'number' || typeof newest !== 'number') {
    const target = section.task === 'regression' ? 'a target that is a finite number' : 'a target';
    throw new DatasetError(
      `No row of table ${examples.base} has both ${target} and a time: there is nothing to learn from.`,
    );
  }
  const ranges = exampleRanges(new Date(oldest), new Date(newest), split);
  return { split: { by: 'time', ranges }, part: partByTime(moment, ranges) };
}

async function featureKinds(
  connection: DuckDBConnection,
  columns: ExampleColumns,
  from: string,
): Promise<BuiltExamples['features']> {
  const described = await connection.runAndReadAll(`DESCRIBE FROM ${from}`);
  const types = new Map(described.getRowsJS().map(([name, type]) => [String(name), String(type)]));
  return columns.features.map(name => {
    const kind = kindOfType(types.get(name) ?? '');
    if (kind === undefined) {
      throw new DatasetError(
        `examples.features.${name} is of type ${types.get(name)}; a feature is a number, a boolean or text.`,
      );
    }
    return { name, kind };
  });
}

async function writeParts(
  connection: DuckDBConnection,
  { task, examples }: TabularSection,
  columns: ExampleColumns,
  features: BuiltExamples['features'],
  { from, part: partColumn }: PartedRows,
  files: BuiltExamples['files'],
): Promise<BuiltExamples['rows']> {
  const target = identifier(columns.target);
  const select = [
    ...columns.id.map(identifier),
    ...(columns.time === undefined ? [] : [identifier(columns.time)]),
    ...(columns.group === undefined ? [] : [`${identifier(SPLIT_KEY)} AS ${identifier(columns.group)}`]),
    ...features.map(({ name, kind }) => `${featureSql(kind, identifier(name))} AS ${identifier(name)}`),
    `${castTo(task === 'regression' ? 'number' : 'category', target)} AS ${target}`,
  ].join(', ');
  const written = new Map<PartName, number>();
  for (const part of PARTS) {
    const result = await connection.run(`
      COPY (SELECT ${select} FROM ${from} WHERE ${identifier(partColumn)} = ${literal(part)} ORDER BY ALL)
      TO ${literal(files[part])} (FORMAT parquet, COMPRESSION zstd)
    `);
    written.set(part, Number(result.rowsChanged));
  }
  const rows = mapParts(part => written.get(part) ?? 0);
  const empty = PARTS.filter(part => rows[part] === 0);
  if (empty.length > 0) {
    throw new DatasetError(
      `No example of table ${examples.base} falls into ${empty.join(' and ')} (${PARTS.map(part => `${part} ${rows[part]}`).join(', ')}). ` +
        'Deliver more rows, or change the split.',
    );
  }
  return rows;
}

async function classesOf(
  connection: DuckDBConnection,
  { target }: ExampleColumns,
  { from, part }: PartedRows,
): Promise<string[]> {
  const result = await connection.runAndReadAll(`
    SELECT ${identifier(target)}::VARCHAR AS class, count(*) FILTER (${identifier(part)} = 'train')::DOUBLE
    FROM ${from} GROUP BY 1 ORDER BY 1
  `);
  const classes = result.getRowsJS().map(([name, rows]) => ({ name: String(name), rows: Number(rows) }));
  const trained = classes.filter(({ rows }) => rows > 0);
  if (trained.length < 2) {
    throw new DatasetError(
      `examples.target has ${trained.length} value in the train part (${trained.map(({ name }) => name).join(', ')}); ` +
        'a classification needs two at least.',
    );
  }
  return classes.map(({ name }) => name);
}
