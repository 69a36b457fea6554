import type { Spec } from '../../spec/schema.ts';
import { canonicalJson, identityOf, sha256OfFile } from '../../storage/digest.ts';
import { dataKeys } from '../../storage/layout.ts';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { type AcceptedPart, currentParts } from '../accepted-parts.ts';
import { withDuckDb } from '../duckdb.ts';
import { type BuiltExamples, buildExamples } from '../features/build-examples.ts';
import type { FeatureKind } from '../features/feature-kind.ts';
import type { TabularSection } from '../features/tabular-section.ts';
import { parquetRows } from '../parquet-rows.ts';
import { mapParts, PARTS, type PartName, partKey } from './dataset-record.ts';
import { type ExamplesRecord, examplesRecordSchema } from './examples-record.ts';
import { profileExamples } from './profile-examples.ts';

/** Goes up when the same parts and spec would give another dataset than before. */
const RULES = 2;

/** A spec of a tabular task, as far as its dataset goes. */
export interface TabularSpec extends TabularSection {
  readonly name: string;
}

/**
 * The dataset of a tabular model from the parts accepted so far. A function of the parts and of the spec alone: a
 * dataset that is there already is returned as it is, and building it twice writes the same bytes.
 * @throws DatasetError and LeakageError as `buildExamples` does, and DatasetError when a table has no data.
 */
export async function snapshotExamples(o: {
  readonly data: ObjectStore;
  readonly spec: TabularSpec;
}): Promise<ExamplesRecord> {
  const { data, spec } = o;
  const parts: AcceptedPart[] = [];
  for (const table of tablesOf(spec)) parts.push(...(await partsOf(data, spec, table)));
  const specDigest = identityOf(dataSectionOf(spec));
  const id = identityOf({ parts: parts.map(({ table, part }) => [table, part]), specDigest, rules: RULES });
  return (await findExamples(data, spec.name, id)) ?? (await build(data, spec, parts, { id, specDigest }));
}

/** The record of a tabular dataset, or undefined when it was never built, or never to the end. */
export async function findExamples(
  data: ObjectStore,
  model: string,
  id: string,
): Promise<ExamplesRecord | undefined> {
  const object = await data.get(dataKeys.dataset(model, id, 'dataset.json'));
  return object && examplesRecordSchema.parse(JSON.parse(object.body.toString()));
}

/** Tables that examples are made of, sorted. */
const tablesOf = ({ examples }: TabularSection): string[] =>
  [...new Set([examples.base, ...examples.joins.map(({ table }) => table)])].sort();

/** The parts of a table in the order of their hashes, which does not depend on when they arrived. */
async function partsOf(data: ObjectStore, spec: TabularSpec, table: string): Promise<AcceptedPart[]> {
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
function dataSectionOf(spec: TabularSpec): unknown {
  const { task, examples, split, tables } = spec;
  const described = tablesOf(spec).map((name): [string, unknown] => {
    const { mode, time, columns }: Partial<Spec['tables'][string]> = tables[name] ?? {};
    const types = Object.entries(columns ?? {}).map(([column, { type }]) => [column, type]);
    return [name, { mode, time, columns: Object.fromEntries(types) }];
  });
  // A feature's place in the file follows the spec, so their order counts, which a mapping would not keep.
  const features = Object.entries(examples.features);
  return { task, examples: { ...examples, features }, split, tables: Object.fromEntries(described) };
}

async function build(
  data: ObjectStore,
  spec: TabularSpec,
  sources: readonly AcceptedPart[],
  identity: { readonly id: string; readonly specDigest: string },
): Promise<ExamplesRecord> {
  await using scratch = await scratchFolder('dataset');
  const folder = scratch.path;
  await using files = await materializeAll(
    data,
    sources.map(({ table, part }) => dataKeys.acceptedPart(spec.name, table, part)),
  );
  const relations = Object.fromEntries(
    tablesOf(spec).map(table => [
      table,
      parquetRows(files.paths.filter((_, i) => sources[i]?.table === table)),
    ]),
  );
  // Order and sums of decimals must not depend on threads.
  return await withDuckDb(
    { paths: [...files.paths, `${folder}/`], threads: 1, workspace: folder },
    async connection => {
      const built = await buildExamples(connection, spec, relations, folder);
      const kind: FeatureKind = spec.task === 'regression' ? 'number' : 'category';
      const profiled = [...built.features, { name: built.columns.target, kind }];
      const hashes = new Map<PartName, string>();
      const profile: Record<string, unknown> = {};
      for (const part of PARTS) {
        const path = built.files[part];
        const columns = await profileExamples(connection, parquetRows([path]), profiled);
        profile[part] = { rows: built.rows[part], columns };
        hashes.set(part, await sha256OfFile(path));
        await data.putFile(partKey({ model: spec.name, id: identity.id }, part), path);
      }
      await data.put(dataKeys.dataset(spec.name, identity.id, 'profile.json'), canonicalJson(profile));
      const record: ExamplesRecord = {
        ...identity,
        model: spec.name,
        task: spec.task,
        sources: sources.map(({ table, part, rows }) => ({ table, sha256: part, rows })),
        ...describeExamples(spec, built, kind),
        files: mapParts(part => hashes.get(part) ?? ''),
      };
      await data.put(dataKeys.dataset(spec.name, identity.id, 'dataset.json'), canonicalJson(record));
      return record;
    },
  );
}

function describeExamples(
  { examples }: TabularSpec,
  { rows, dropped, columns, features, classes, split }: BuiltExamples,
  kind: FeatureKind,
): Pick<ExamplesRecord, 'split' | 'rows' | 'dropped' | 'columns'> {
  return {
    split: split.by === 'time' ? split : { ...split, columns: [...split.columns] },
    rows,
    dropped,
    columns: {
      id: examples.id.map((column, i) => ({ name: columns.id[i] ?? column, column })),
      ...(columns.time !== undefined && { time: columns.time }),
      ...(columns.group !== undefined && { group: columns.group }),
      features: [...features],
      target: { name: columns.target, kind, ...(classes !== undefined && { classes: [...classes] }) },
    },
  };
}
