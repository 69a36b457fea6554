import { join } from 'node:path';
import type { ForecastingSpec } from '../../spec/schema.ts';
import { canonicalJson, identityOf, sha256OfFile } from '../../storage/digest.ts';
import { dataKeys } from '../../storage/layout.ts';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import type { AcceptedPart } from '../accepted-parts.ts';
import { withDuckDb } from '../duckdb.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier, literal } from '../quote.ts';
import type { TableGrid } from '../series/aggregate.ts';
import { gridStepOf, timeOfStep } from '../series/grid.ts';
import { partKeys, seriesParts } from '../series/series-parts.ts';
import { type DatasetRecord, mapParts, PARTS, type PartName, partKey } from './dataset-record.ts';
import { type PartedRows, refuseSharedTime } from './leakage.ts';
import { findDataset } from './load-dataset.ts';
import { prepareSeries } from './prepare-series.ts';
import { profilePart } from './profile.ts';
import { timeRangeOf } from './split.ts';
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
  readonly spec: ForecastingSpec;
  readonly time: string;
}): Promise<DatasetRecord> {
  const { data, spec } = o;
  const parts = await seriesParts(data, spec);
  if (parts.length === 0) throw noData(spec);
  const specDigest = identityOf(dataSectionOf(spec));
  const id = identityOf({ parts: parts.map(({ part }) => part), specDigest, rules: RULES });
  return (await findDataset(data, spec.name, id)) ?? (await build(data, spec, parts, { id, specDigest }));
}

const noData = ({ name, series: { table } }: ForecastingSpec): DatasetError =>
  new DatasetError(
    `Table ${table} of ${name} has no accepted data. Put a file under ` +
      `${dataKeys.incoming({ model: name, table, file: '' })} first; if one was rejected, see its report.`,
  );

/** What of a spec decides the content of a dataset; how a table is checked is in its parts already. */
function dataSectionOf({ tables, series, horizon, split, task }: ForecastingSpec): unknown {
  const table = tables[series.table];
  const types = Object.entries(table?.columns ?? {}).map(([name, { type }]) => [name, type]);
  return {
    task,
    table: { mode: table?.mode, columns: Object.fromEntries(types) },
    series,
    // Of a zone without a part in it nothing is said: as before there were any.
    timezone: gridStepOf({ tables, series }).zone,
    horizon,
    split,
  };
}

async function build(
  data: ObjectStore,
  spec: ForecastingSpec,
  sources: readonly AcceptedPart[],
  identity: { readonly id: string; readonly specDigest: string },
): Promise<DatasetRecord> {
  const columns = columnsOf(spec.series.by);
  await using scratch = await scratchFolder('dataset');
  const folder = scratch.path;
  await using files = await materializeAll(data, partKeys(spec, sources));
  // Sums of decimals depend on their order: only one thread gives the same bytes everywhere.
  return await withDuckDb(
    { paths: [...files.paths, `${folder}/`], threads: 1, workspace: folder },
    async connection => {
      const { grid, split, count, parts } = await prepareSeries(connection, spec, files.paths);
      const hashes = new Map<PartName, string>();
      for (const name of PARTS) {
        const path = join(folder, `${name}.parquet`);
        await writePart(connection, parts[name], columns, grid, path);
        await data.putFile(partKey({ model: spec.name, id: identity.id }, name), path);
        hashes.set(name, await sha256OfFile(path));
      }
      await refuseSharedTime(connection, writtenTimes(folder, columns.time), columns.time);
      const profile = mapParts(name => profilePart(parts[name]));
      await data.put(dataKeys.dataset(spec.name, identity.id, 'profile.json'), canonicalJson(profile));

      const record: DatasetRecord = {
        ...identity,
        model: spec.name,
        task: spec.task,
        sources: sources.map(({ table, part, rows }) => ({ table, sha256: part, rows })),
        grid: describeGrid(grid),
        split: mapParts(name => timeRangeOf(grid, split[name])),
        rows: mapParts(name => profile[name].rows),
        files: mapParts(name => hashes.get(name) ?? ''),
        series: count,
        columns,
      };
      await data.put(dataKeys.dataset(spec.name, identity.id, 'dataset.json'), canonicalJson(record));
      return record;
    },
  );
}

/** The times of all parts, as their files have them. */
function writtenTimes(folder: string, time: string): PartedRows {
  const timesOf = (name: PartName): string =>
    `SELECT ${literal(name)} AS part, ${identifier(time)} FROM ${parquetRows([join(folder, `${name}.parquet`)])}`;
  return { from: `(${PARTS.map(timesOf).join(' UNION ALL ')})`, part: 'part' };
}

/** Time and value keep their plain names unless a column of the key has them. */
function columnsOf(by: readonly string[]): DatasetRecord['columns'] {
  const taken = new Set(by.map(name => name.toLowerCase()));
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : name);
  return { key: [...by], time: free('time'), value: free('value') };
}

const describeGrid = (grid: TableGrid): DatasetRecord['grid'] => ({
  every: grid.every.text,
  ...(grid.every.zone !== undefined && { timezone: grid.every.zone }),
  start: timeOfStep(grid, 0).toISOString(),
  end: timeOfStep(grid, grid.steps).toISOString(),
  steps: grid.steps,
  ...(grid.incomplete && {
    incomplete: {
      from: grid.incomplete.start.toISOString(),
      to: grid.incomplete.end.toISOString(),
      rows: grid.incomplete.rows,
    },
  }),
});
