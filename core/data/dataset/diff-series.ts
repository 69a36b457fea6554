import type { DuckDBConnection } from '@duckdb/node-api';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import { withDuckDb } from '../duckdb.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier } from '../quote.ts';
import { type ColumnShift, numericShift, textShift } from './column-shift.ts';
import {
  type DatasetRecord,
  mapParts,
  PARTS,
  type PartName,
  partKey,
  type TimeRange,
} from './dataset-record.ts';
import { type Change, type Membership, membership, sourceMembership } from './membership.ts';

/** Values of the same series and period that differ: rows that arrived late, a corrected part, another `series.value`. */
export interface Revision {
  /** Series and periods that both datasets have. */
  readonly common: number;
  readonly changed: number;
  /** Period of the first and of the last changed value; null when none changed. */
  readonly first: string | null;
  readonly last: string | null;
  /** The largest changes, at most ten; null is a missing value. */
  readonly largest: readonly {
    readonly key: readonly string[];
    readonly time: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
}

/** What changed from one dataset of series to another. Columns are compared over all parts together. */
export interface SeriesDiff {
  readonly kind: 'series';
  readonly before: string;
  readonly after: string;
  /** Whether the spec says the same about data. */
  readonly sameSpec: boolean;
  readonly every: Change<string>;
  /** Columns of the Parquet files. */
  readonly columns: Membership<string>;
  readonly sources: Membership<DatasetRecord['sources'][number]>;
  readonly rows: Readonly<Record<PartName, Change<number>>>;
  readonly time: Readonly<Record<PartName | 'all', Change<TimeRange>>>;
  /** Undefined when the keys have different columns. */
  readonly series: Membership<readonly string[]> | undefined;
  /** One entry per column that both have. */
  readonly shifts: readonly ColumnShift[];
  /** Undefined when keys or steps are not the same, so that nothing can be matched. */
  readonly revised: Revision | undefined;
}

const LARGEST = 10;

/** Compares two datasets of series: schema, sources, rows, time, series, columns that moved, values that changed. */
export async function diffSeries(
  data: ObjectStore,
  before: DatasetRecord,
  after: DatasetRecord,
): Promise<SeriesDiff> {
  const keysOf = (dataset: DatasetRecord): string[] => PARTS.map(part => partKey(dataset, part));
  await using old = await materializeAll(data, keysOf(before));
  await using fresh = await materializeAll(data, keysOf(after));
  const sameKey = JSON.stringify(before.columns.key) === JSON.stringify(after.columns.key);
  const sameGrid = sameKey && before.grid.every === after.grid.every;
  const relations = { before: parquetRows(old.paths), after: parquetRows(fresh.paths) };

  await using scratch = await scratchFolder('diff');
  return await withDuckDb(
    { paths: [...old.paths, ...fresh.paths], workspace: scratch.path },
    async connection => ({
      kind: 'series',
      before: before.id,
      after: after.id,
      sameSpec: before.specDigest === after.specDigest,
      every: { before: before.grid.every, after: after.grid.every },
      columns: membership(columnsOf(before), columnsOf(after), name => name),
      sources: sourceMembership(before, after),
      rows: mapParts(part => ({ before: before.rows[part], after: after.rows[part] })),
      time: {
        ...mapParts(part => ({ before: before.split[part], after: after.split[part] })),
        all: { before: wholeRange(before), after: wholeRange(after) },
      },
      series: sameKey ? await seriesMembership(connection, before.columns.key, relations) : undefined,
      shifts: await shiftsOf(connection, before, after, relations),
      revised: sameGrid ? await revisionOf(connection, before, after, relations) : undefined,
    }),
  );
}

const columnsOf = ({ columns: { key, time, value } }: DatasetRecord): string[] => [...key, time, value];

const wholeRange = ({ grid }: DatasetRecord): TimeRange => ({ from: grid.start, to: grid.end });

async function seriesMembership(
  connection: DuckDBConnection,
  key: readonly string[],
  relations: Change<string>,
): Promise<Membership<readonly string[]>> {
  if (key.length === 0) return { added: [], removed: [] };
  const columns = key.map(identifier).join(', ');
  const keysIn = async (from: string): Promise<string[][]> => {
    const result = await connection.runAndReadAll(
      `SELECT DISTINCT ${columns} FROM ${from} ORDER BY ${columns}`,
    );
    return result.getRowsJS().map(row => row.map(String));
  };
  return membership(await keysIn(relations.before), await keysIn(relations.after), parts =>
    JSON.stringify(parts),
  );
}

async function shiftsOf(
  connection: DuckDBConnection,
  before: DatasetRecord,
  after: DatasetRecord,
  relations: Change<string>,
): Promise<ColumnShift[]> {
  const shifts: ColumnShift[] = [];
  for (const column of before.columns.key.filter(name => after.columns.key.includes(name))) {
    shifts.push(await textShift(connection, column, relations.before, relations.after));
  }
  if (before.columns.value === after.columns.value) {
    shifts.push(await numericShift(connection, before.columns.value, relations.before, relations.after));
  }
  return shifts;
}

async function revisionOf(
  connection: DuckDBConnection,
  before: DatasetRecord,
  after: DatasetRecord,
  relations: Change<string>,
): Promise<Revision> {
  const { key, time, value } = before.columns;
  const keys = [...key, time].map(identifier);
  // Equal keys give equal names of the other two columns, so USING serves both sides.
  await connection.run(`
    CREATE TEMP TABLE matched AS
    SELECT ${keys.join(', ')}, a.${identifier(value)} AS old_value, b.${identifier(after.columns.value)} AS new_value
    FROM ${relations.before} a JOIN ${relations.after} b USING (${keys.join(', ')})
  `);
  const changed = 'old_value IS DISTINCT FROM new_value';
  const counts = await connection.runAndReadAll(`
    SELECT count(*)::DOUBLE, count(*) FILTER (${changed})::DOUBLE,
      epoch_ms(min(${identifier(time)}) FILTER (${changed}))::DOUBLE, epoch_ms(max(${identifier(time)}) FILTER (${changed}))::DOUBLE
    FROM matched
  `);
  const [common, differing, first, last] = counts.getRowsJS()[0] ?? [];
  const largest = await connection.runAndReadAll(`
    SELECT epoch_ms(${identifier(time)})::DOUBLE, old_value, new_value${key.map(name => `, ${identifier(name)}`).join('')}
    FROM matched WHERE ${changed}
    ORDER BY abs(coalesce(new_value, 0) - coalesce(old_value, 0)) DESC, ${keys.join(', ')} LIMIT ${LARGEST}
  `);
  return {
    common: Number(common),
    changed: Number(differing),
    first: isoOrNull(first),
    last: isoOrNull(last),
    largest: largest.getRowsJS().map(([at, old, fresh, ...parts]) => ({
      key: parts.map(String),
      time: new Date(Number(at)).toISOString(),
      before: numberOrNull(old),
      after: numberOrNull(fresh),
    })),
  };
}

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const isoOrNull = (value: unknown): string | null =>
  typeof value === 'number' ? new Date(value).toISOString() : null;
