import type { DuckDBConnection } from '@duckdb/node-api';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import { withDuckDb } from '../duckdb.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier, literal } from '../quote.ts';
import { type ColumnShift, numericShift, textShift } from './column-shift.ts';
import { mapParts, PARTS, type PartName, partKey, type TimeRange } from './dataset-record.ts';
import type { ExamplesRecord } from './examples-record.ts';
import { type Change, type Membership, membership, sourceMembership } from './membership.ts';

/** A column and what it holds: a column that became another kind is another column. */
export interface KindedColumn {
  readonly name: string;
  readonly kind: string;
}

/** Examples of both datasets, matched by their ids. Ids that several rows have count once. */
export interface MatchedExamples {
  readonly common: number;
  readonly added: number;
  readonly removed: number;
  /** Of the common ones, those with another target. */
  readonly relabelled: number;
  /** Of the common ones, those in another part; a test example that trains now makes figures incomparable. */
  readonly moved: number;
}

/** What changed from one dataset of examples to another. Columns are compared over all parts together. */
export interface ExamplesDiff {
  readonly kind: 'examples';
  readonly before: string;
  readonly after: string;
  /** Whether the spec says the same about data. */
  readonly sameSpec: boolean;
  readonly task: Change<ExamplesRecord['task']>;
  readonly split: Change<ExamplesRecord['split']>;
  /** Features and target of the Parquet files. */
  readonly columns: Membership<KindedColumn>;
  /** Of a classification. */
  readonly classes: Membership<string>;
  readonly sources: Membership<ExamplesRecord['sources'][number]>;
  readonly rows: Readonly<Record<PartName, Change<number>>>;
  readonly dropped: Change<ExamplesRecord['dropped']>;
  /** Null where a dataset was not split by time. */
  readonly time: Readonly<Record<PartName, Change<TimeRange | null>>>;
  /** One entry per feature that both have, and the target. */
  readonly shifts: readonly ColumnShift[];
  /** Undefined when ids have different columns, so that nothing can be matched. */
  readonly examples: MatchedExamples | undefined;
}

/** Compares two datasets of examples: schema, classes, sources, rows, time, columns that moved, and each example. */
export async function diffExamples(
  data: ObjectStore,
  before: ExamplesRecord,
  after: ExamplesRecord,
): Promise<ExamplesDiff> {
  const keysOf = (dataset: ExamplesRecord): string[] => PARTS.map(part => partKey(dataset, part));
  await using old = await materializeAll(data, keysOf(before));
  await using fresh = await materializeAll(data, keysOf(after));
  const sameId =
    JSON.stringify(before.columns.id.map(({ column }) => column)) ===
    JSON.stringify(after.columns.id.map(({ column }) => column));
  await using scratch = await scratchFolder('diff');
  return await withDuckDb(
    { paths: [...old.paths, ...fresh.paths], workspace: scratch.path },
    async connection => ({
      kind: 'examples',
      before: before.id,
      after: after.id,
      sameSpec: before.specDigest === after.specDigest,
      task: { before: before.task, after: after.task },
      split: { before: before.split, after: after.split },
      columns: membership(columnsOf(before), columnsOf(after), identityOfColumn),
      classes: membership(
        before.columns.target.classes ?? [],
        after.columns.target.classes ?? [],
        name => name,
      ),
      sources: sourceMembership(before, after),
      rows: mapParts(part => ({ before: before.rows[part], after: after.rows[part] })),
      dropped: { before: before.dropped, after: after.dropped },
      time: mapParts(part => ({ before: timeOf(before, part), after: timeOf(after, part) })),
      shifts: await shiftsOf(connection, before, after, {
        before: parquetRows(old.paths),
        after: parquetRows(fresh.paths),
      }),
      examples: sameId
        ? await match(
            connection,
            keyedRows(before, old.paths),
            keyedRows(after, fresh.paths),
            before.columns.id.length,
          )
        : undefined,
    }),
  );
}

const columnsOf = ({ columns: { features, target } }: ExamplesRecord): KindedColumn[] =>
  [...features, target].map(({ name, kind }) => ({ name, kind }));

const identityOfColumn = ({ name, kind }: KindedColumn): string => JSON.stringify([name, kind]);

const timeOf = ({ split }: ExamplesRecord, part: PartName): TimeRange | null =>
  split.by === 'time' ? split.ranges[part] : null;

async function shiftsOf(
  connection: DuckDBConnection,
  before: ExamplesRecord,
  after: ExamplesRecord,
  relations: Change<string>,
): Promise<ColumnShift[]> {
  const kept = new Set(columnsOf(after).map(identityOfColumn));
  const shifts: ColumnShift[] = [];
  for (const column of columnsOf(before).filter(one => kept.has(identityOfColumn(one)))) {
    const shift = column.kind === 'number' ? numericShift : textShift;
    shifts.push(await shift(connection, column.name, relations.before, relations.after));
  }
  return shifts;
}

/** SQL of the ids of a dataset as `id_0`, `id_1` …, each once, with the different `labels` and the last `part` of its rows. */
function keyedRows({ columns: { id, target } }: ExamplesRecord, paths: readonly string[]): string {
  const ids = id.map(({ name }, i) => `${identifier(name)} AS id_${i}`).join(', ');
  const rows = PARTS.map(
    (part, i) =>
      `SELECT ${ids}, ${identifier(target.name)}::VARCHAR AS label, ${literal(part)} AS part FROM ${parquetRows([paths[i] ?? ''])}`,
  );
  const keys = id.map((_, i) => `id_${i}`).join(', ');
  return `(SELECT ${keys}, list_sort(list(DISTINCT label)) AS labels, max(part) AS part FROM (${rows.join(' UNION ALL ')}) GROUP BY ${keys})`;
}

async function match(
  connection: DuckDBConnection,
  before: string,
  after: string,
  ids: number,
): Promise<MatchedExamples> {
  const same = Array.from({ length: ids }, (_, i) => `a.id_${i} IS NOT DISTINCT FROM b.id_${i}`).join(
    ' AND ',
  );
  const result = await connection.runAndReadAll(`
    SELECT count(*) FILTER (a.part IS NOT NULL AND b.part IS NOT NULL)::DOUBLE, count(*) FILTER (a.part IS NULL)::DOUBLE,
      count(*) FILTER (b.part IS NULL)::DOUBLE,
      count(*) FILTER (a.part IS NOT NULL AND b.part IS NOT NULL AND a.labels <> b.labels)::DOUBLE,
      count(*) FILTER (a.part <> b.part)::DOUBLE
    FROM ${before} AS a FULL JOIN ${after} AS b ON ${same}
  `);
  const [common, added, removed, relabelled, moved] = (result.getRowsJS()[0] ?? []).map(Number);
  return {
    common: common ?? 0,
    added: added ?? 0,
    removed: removed ?? 0,
    relabelled: relabelled ?? 0,
    moved: moved ?? 0,
  };
}
