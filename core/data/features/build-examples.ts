import type { DuckDBConnection } from '@duckdb/node-api';
import { DatasetError, LeakageError } from '../../telemetry/errors.ts';
import { mapParts, PARTS, type PartName, type TimeRange } from '../dataset/dataset-record.ts';
import { refuseSharedKey, refuseSharedTime } from '../dataset/leakage.ts';
import { identifier, literal } from '../duckdb.ts';
import { runSpecSql, type SpecExpression } from '../spec-sql.ts';
import {
  type ExampleColumns,
  exampleColumns,
  examplesQuery,
  fromClause,
  operand,
  type Relations,
} from './examples-query.ts';
import { castTo, type FeatureKind, kindOfType } from './feature-kind.ts';
import {
  exampleRanges,
  partByKey,
  partByTime,
  type ShareSplit,
  splitColumns,
  splitKeySql,
} from './split-examples.ts';
import { featuresOf, type TabularSection } from './tabular-section.ts';
import { verifyJoins } from './verify-joins.ts';

/** Names with a space, which neither features nor other columns of the query have. */
const PART = 'part of the split';
const KEY = 'key of the split';
const measuredColumn = (feature: string): string => `measured ${feature}`;

/** How examples were split: the time of each part, or the columns whose hash decides and the shares asked for. */
export type BuiltSplit =
  | { readonly by: 'time'; readonly ranges: Readonly<Record<PartName, TimeRange>> }
  | ({ readonly columns: readonly string[] } & Pick<ShareSplit, 'by' | 'validation' | 'test'>);

export interface BuiltExamples {
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
 * Computes the examples of a section, splits them, and writes a Parquet file per part: columns of the id, time,
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
  pathOf: (part: PartName) => string,
): Promise<BuiltExamples> {
  await verifyJoins(connection, section, relations);
  await computeExamples(connection, section, relations);
  await refuseLateFeatures(connection, section);
  const columns = exampleColumns(section);
  const dropped = await dropUnusable(connection, section, columns);
  const split = await splitExamples(connection, section, columns);
  const features = await featureKinds(connection, columns);
  const rows = await writeParts(connection, section, columns, features, pathOf);
  const classes = section.task === 'classification' ? await classesOf(connection, columns) : undefined;
  await connection.run('DROP TABLE examples');
  return { rows, columns, features, classes, split, dropped };
}

async function computeExamples(
  connection: DuckDBConnection,
  section: TabularSection,
  relations: Relations,
): Promise<void> {
  const { examples } = section;
  const from = fromClause(section, relations);
  const expression = (path: string, sql: string): SpecExpression => ({
    ...{ path, sql },
    probe: `SELECT count(${operand(sql)}) FROM ${from}`,
  });
  const features = featuresOf(examples);
  const measured = features.flatMap(({ name, measured: sql }) => (sql === undefined ? [] : [{ name, sql }]));
  const more = [
    `${splitKeySql(section)} AS ${identifier(KEY)}`,
    ...measured.map(({ name, sql }) => `${operand(sql)}::TIMESTAMP AS ${identifier(measuredColumn(name))}`),
  ];
  await runSpecSql(
    connection,
    `CREATE TEMP TABLE examples AS ${examplesQuery(section, relations, { target: true, more })}`,
    [
      ...(examples.where === undefined ? [] : [expression('examples.where', examples.where)]),
      ...features.map(({ name, sql }) => expression(`examples.features.${name}`, sql)),
      ...measured.map(({ name, sql }) => expression(`examples.features.${name}.measured`, sql)),
      expression('examples.target', examples.target),
    ],
    from,
  );
}

/** A value measured after its example would not have been there when it was needed. */
async function refuseLateFeatures(connection: DuckDBConnection, section: TabularSection): Promise<void> {
  const { time, id } = exampleColumns(section);
  if (time === undefined) return;
  for (const { name, measured } of featuresOf(section.examples)) {
    if (measured === undefined) continue;
    const moment = identifier(measuredColumn(name));
    const result = await connection.runAndReadAll(`
      SELECT count(*) OVER ()::DOUBLE, ${moment}::VARCHAR, ${identifier(time)}::VARCHAR, ${id.map(column => `${identifier(column)}::VARCHAR`).join(', ')}
      FROM examples WHERE ${moment} > ${identifier(time)} ORDER BY ALL LIMIT 1
    `);
    const [late] = result.getRowsJS();
    if (late === undefined) continue;
    const [rows, at, example, ...values] = late;
    const where = section.examples.id.map((column, i) => `${column} = ${values[i]}`).join(', ');
    throw new LeakageError(
      `examples.features.${name} was measured after its example in ${rows} rows, such as at ${at} for the example of ` +
        `${example} (${where}). Use a value that is known at the time of the example, such as through an as-of join.`,
    );
  }
}

async function dropUnusable(
  connection: DuckDBConnection,
  { task, split }: TabularSection,
  { target, time }: ExampleColumns,
): Promise<BuiltExamples['dropped']> {
  const drop = async (condition: string): Promise<number> => {
    const result = await connection.run(`DELETE FROM examples WHERE ${condition}`);
    return Number(result.rowsChanged);
  };
  const value = identifier(target);
  const missing =
    task === 'regression' ? `${value} IS NULL OR NOT isfinite(${value}::DOUBLE)` : `${value} IS NULL`;
  const withoutTarget = await drop(missing);
  const moment = time === undefined ? undefined : identifier(time);
  const withoutTime =
    split.by === 'time' && moment !== undefined
      ? await drop(`${moment} IS NULL OR NOT isfinite(${moment})`)
      : 0;
  return { withoutTarget, withoutTime };
}

/** Adds the column that says in which part an example lies, and proves that it is a sound split. */
async function splitExamples(
  connection: DuckDBConnection,
  section: TabularSection,
  { time }: ExampleColumns,
): Promise<BuiltSplit> {
  const { split, examples } = section;
  const rows = { from: 'examples', part: PART };
  const assign = async (part: string): Promise<void> => {
    await connection.run(`ALTER TABLE examples ADD COLUMN ${identifier(PART)} VARCHAR`);
    await connection.run(`UPDATE examples SET ${identifier(PART)} = ${part}`);
  };
  if (split.by !== 'time') {
    await assign(partByKey(identifier(KEY), split));
    await refuseSharedKey(connection, rows, KEY);
    return { by: split.by, columns: splitColumns(section), validation: split.validation, test: split.test };
  }
  if (time === undefined)
    throw new DatasetError(`split.by: time needs a time column; add "time:" to table ${examples.base}.`);
  const moment = identifier(time);
  const result = await connection.runAndReadAll(
    `SELECT epoch_ms(min(${moment}))::DOUBLE, epoch_ms(max(${moment}))::DOUBLE FROM examples`,
  );
  const [oldest, newest] = result.getRowsJS()[0] ?? [];
  if (typeof oldest !== 'number' || typeof newest !== 'number') {
    throw new DatasetError(
      `No row of table ${examples.base} has both a target and a time: there is nothing to learn from.`,
    );
  }
  const ranges = exampleRanges(new Date(oldest), new Date(newest), split);
  await assign(partByTime(moment, ranges));
  await refuseSharedTime(connection, rows, time);
  return { by: 'time', ranges };
}

async function featureKinds(
  connection: DuckDBConnection,
  columns: ExampleColumns,
): Promise<BuiltExamples['features']> {
  const described = await connection.runAndReadAll('DESCRIBE examples');
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
  pathOf: (part: PartName) => string,
): Promise<BuiltExamples['rows']> {
  const target = identifier(columns.target);
  const select = [
    ...columns.id.map(identifier),
    ...(columns.time === undefined ? [] : [identifier(columns.time)]),
    ...features.map(({ name, kind }) => `${finite(kind, identifier(name))} AS ${identifier(name)}`),
    `${castTo(task === 'regression' ? 'number' : 'category', target)} AS ${target}`,
  ].join(', ');
  const written = new Map<PartName, number>();
  for (const part of PARTS) {
    const result = await connection.run(`
      COPY (SELECT ${select} FROM examples WHERE ${identifier(PART)} = ${literal(part)} ORDER BY ALL)
      TO ${literal(pathOf(part))} (FORMAT parquet, COMPRESSION zstd)
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

/** Trainers know one missing value: null. */
function finite(kind: FeatureKind, sql: string): string {
  const cast = castTo(kind, sql);
  return kind === 'number' ? `CASE WHEN isfinite(${cast}) THEN ${cast} END` : cast;
}

async function classesOf(connection: DuckDBConnection, { target }: ExampleColumns): Promise<string[]> {
  const result = await connection.runAndReadAll(`
    SELECT ${identifier(target)}::VARCHAR AS class, count(*) FILTER (${identifier(PART)} = 'train')::DOUBLE
    FROM examples GROUP BY 1 ORDER BY 1
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
