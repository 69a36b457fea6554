import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spec } from '../../spec/schema.ts';
import { canonicalJson, identityOf, sha256OfFile } from '../../storage/digest.ts';
import { dataKeys } from '../../storage/layout.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { type AcceptedPart, currentParts } from '../accepted-parts.ts';
import { withDuckDb } from '../duckdb.ts';
import { SeriesTable } from '../series/aggregate.ts';
import { fillGaps } from '../series/fill.ts';
import { type Grid, stepOfTime, timeOfStep } from '../series/grid.ts';
import { materializeParts } from '../series/materialize-parts.ts';
import type { Series } from '../series.ts';
import { type DatasetRecord, PARTS, type PartName } from './dataset-record.ts';
import { findDataset } from './load-dataset.ts';
import { profilePart } from './profile.ts';
import { type Split, type StepRange, splitGrid, timeRangeOf } from './split.ts';
import { writePart } from './write-part.ts';

/** Goes up when the same parts and spec would give another dataset than before. */
const RULES = 1;

/**
 * The dataset of a model from the parts accepted so far: aggregated to series on a regular grid, filled, split by
 * time, and written as Parquet. A function of the parts and of the spec alone: its id names both, a dataset that is
 * there already is returned as it is, and building it twice writes the same bytes.
 * @throws DatasetError when there is no data, too little to train on, or the spec's SQL cannot run.
 */
export async function snapshotDataset(o: {
  readonly data: ObjectStore;
  readonly spec: Spec;
  readonly time: string;
}): Promise<DatasetRecord> {
  const { data, spec } = o;
  const parts = await partsOf(data, spec);
  const specDigest = identityOf(dataSectionOf(spec));
  const id = identityOf({ parts: parts.map(({ part }) => part), specDigest, rules: RULES });
  return (await findDataset(data, spec.name, id)) ?? (await build(data, spec, parts, { id, specDigest }));
}

/** The parts of the series' table in the order of their hashes, which does not depend on when they arrived. */
async function partsOf(data: ObjectStore, spec: Spec): Promise<AcceptedPart[]> {
  const { table } = spec.series;
  const parts = await currentParts(data, spec, table);
  if (parts.length === 0) {
    throw new DatasetError(
      `Table ${table} of ${spec.name} has no accepted data. Put a file under ` +
        `${dataKeys.incoming({ model: spec.name, table, file: '' })} first; if one was rejected, see its report.`,
    );
  }
  return parts.sort((a, b) => (a.part < b.part ? -1 : 1));
}

/** What of a spec decides the content of a dataset; how a table is checked is in its parts already. */
function dataSectionOf({ tables, series, horizon, split, task }: Spec): unknown {
  const table = tables[series.table];
  const types = Object.entries(table?.columns ?? {}).map(([name, { type }]) => [name, type]);
  return { task, table: { mode: table?.mode, columns: Object.fromEntries(types) }, series, horizon, split };
}

async function build(
  data: ObjectStore,
  spec: Spec,
  parts: readonly AcceptedPart[],
  identity: { readonly id: string; readonly specDigest: string },
): Promise<DatasetRecord> {
  const { table, by, fill, top, every } = spec.series;
  const columns = columnsOf(by);
  const folder = await mkdtemp(join(tmpdir(), 'antei-dataset-'));
  try {
    await using files = await materializeParts(data, spec, parts);
    // Sums of decimals depend on their order: only one thread gives the same bytes everywhere.
    return await withDuckDb({ paths: [...files.paths, `${folder}/`], threads: 1 }, async connection => {
      const source = new SeriesTable(connection, spec, files.paths);
      const grid = await source.grid();
      const split = splitGrid(grid, spec);
      const largest = top === undefined ? undefined : { count: top, before: split.train.to };
      const series = fillAll(await source.aggregate(grid, largest), grid, split, fill);
      if (series.length === 0) {
        throw new DatasetError(
          `No row of table ${table} gives a value: series.where leaves none, or series.value is null.`,
        );
      }

      const built = await eachPart(async name => {
        const cut = cutSeries(series, grid, split[name]);
        const path = join(folder, `${name}.parquet`);
        await writePart(connection, cut, columns, timeIn(grid), path);
        await data.putFile(dataKeys.dataset(spec.name, identity.id, `${name}.parquet`), path);
        return { profile: profilePart(cut), sha256: await sha256OfFile(path) };
      });
      const profile = mapParts(name => built[name].profile);
      await data.put(dataKeys.dataset(spec.name, identity.id, 'profile.json'), canonicalJson(profile));

      const record: DatasetRecord = {
        ...identity,
        model: spec.name,
        task: spec.task,
        sources: parts.map(({ part, rows }) => ({ table, sha256: part, rows })),
        grid: {
          every,
          ...{ start: timeOfStep(grid, 0).toISOString(), end: timeOfStep(grid, grid.steps).toISOString() },
          steps: grid.steps,
          ...(grid.incomplete && {
            incomplete: {
              from: grid.incomplete.start.toISOString(),
              to: grid.incomplete.end.toISOString(),
              rows: grid.incomplete.rows,
            },
          }),
        },
        split: mapParts(name => timeRangeOf(grid, split[name])),
        rows: mapParts(name => profile[name].rows),
        files: mapParts(name => built[name].sha256),
        series: series.length,
        columns,
      };
      await data.put(dataKeys.dataset(spec.name, identity.id, 'dataset.json'), canonicalJson(record));
      return record;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Time and value keep their plain names unless a column of the key has them. */
function columnsOf(by: readonly string[]): DatasetRecord['columns'] {
  const taken = new Set(by.map(name => name.toLowerCase()));
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : name);
  return { key: [...by], time: free('time'), value: free('value') };
}

const fillAll = (
  series: readonly Series[],
  grid: Grid,
  split: Split,
  fill: Spec['series']['fill'],
): Series[] =>
  series.map(one => {
    const first = stepOfTime(grid, one.start);
    const ends = PARTS.map(name => split[name].to - first).filter(end => end > 0);
    return { ...one, values: fillGaps(one.values, fill, ends) };
  });

/** What of the series lies in a part; a series that starts later is not in it. */
const cutSeries = (series: readonly Series[], grid: Grid, { from, to }: StepRange): Series[] =>
  series.flatMap(({ key, start, values }) => {
    const first = stepOfTime(grid, start);
    if (first >= to) return [];
    const begin = Math.max(first, from);
    return [{ key, start: timeOfStep(grid, begin), values: values.subarray(begin - first, to - first) }];
  });

const timeIn =
  (grid: Grid) =>
  ({ start }: Series, step: number): Date =>
    timeOfStep(grid, stepOfTime(grid, start) + step);

const mapParts = <T>(of: (name: PartName) => T): Record<PartName, T> => ({
  train: of('train'),
  validation: of('validation'),
  test: of('test'),
});

async function eachPart<T>(work: (name: PartName) => Promise<T>): Promise<Record<PartName, T>> {
  return { train: await work('train'), validation: await work('validation'), test: await work('test') };
}
