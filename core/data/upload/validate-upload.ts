import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTabular, type Spec, type TableSpec } from '../../spec/schema.ts';
import { sha256OfFile } from '../../storage/digest.ts';
import { dataKeys, INCOMING, parseUploadKey } from '../../storage/layout.ts';
import type { MaterializedObject, ObjectStore } from '../../storage/object-store.ts';
import { type AcceptedPart, currentParts, listAcceptedParts, publishPart } from '../accepted-parts.ts';
import type { ReferencedPaths } from './contract/table-rules.ts';
import { examine, type Findings, unread } from './examine.ts';
import { overlapWithEarlier } from './overlap.ts';
import { quarantine } from './quarantine.ts';
import { DECOMPRESSED_LIMIT } from './reading/decompress.ts';
import { type Release, readRelease } from './release/release-record.ts';
import { type ReportKeys, writeReport } from './report/write-report.ts';
import type { PartStatistics } from './statistics/part-statistics.ts';
import { fileViolation, type UploadReport, type UploadVerdict, type Violation } from './verdict.ts';

export interface Upload {
  readonly data: ObjectStore;
  readonly spec: Spec;
  /** `incoming/<model>/<table>/<file>` */
  readonly key: string;
  /** ISO 8601: when the file arrived. */
  readonly time: string;
  /**
   * Largest size after decompression, in bytes.
   * @default DECOMPRESSED_LIMIT
   */
  readonly limit?: number;
  /**
   * Threads of DuckDB. The accepted bytes do not depend on it.
   * @default 2
   */
  readonly threads?: number;
}

/**
 * Judges an uploaded file by its table's contract. What passes becomes an accepted part, with a report beside it where
 * it was remarkable; what does not goes to quarantine, byte for byte, with a report. The upload itself stays where it is. Calling it again with the same
 * input ends in the same objects.
 * @throws ObjectNotFoundError when there is no object under the key. Nothing that a file holds makes it throw.
 */
export async function validateUpload(upload: Upload): Promise<UploadVerdict> {
  const { data, spec, key } = upload;
  const time = new Date(upload.time).toISOString();
  await using object = await data.materialize(key);
  const sha256 = await sha256OfFile(object.path);
  const { table, file } = addressOf(key);
  const workspace = await mkdtemp(join(tmpdir(), 'antei-upload-'));
  try {
    const history = await partsBefore(data, spec, table, sha256, time);
    const release = await readRelease(data, spec.name, table, sha256);
    const findings = await examineUpload(
      { ...upload, time },
      {
        table,
        file,
        path: object.path,
        workspace,
        history,
        override: release?.override ? release : undefined,
      },
    );
    const { reasons, rows, parquet, statistics } = findings;
    const passed =
      findings.accepted && parquet !== undefined && statistics !== undefined
        ? { path: parquet, part: await sha256OfFile(parquet), statistics, workspace }
        : undefined;
    const contract = tableOf(spec, table);
    const overlap =
      passed &&
      contract &&
      (await overlapWithEarlier({ data, model: spec.name, table }, contract, passed, history));
    const warnings = [...findings.warnings, ...(overlap ?? [])];
    const accepted = passed !== undefined;
    const verdict = { table, file, sha256, accepted, rows, reasons, warnings };

    const report = {
      ...verdict,
      model: spec.name,
      size: (await stat(object.path)).size,
      key,
      time,
      ...comparison(statistics, history.at(-1)),
    };
    const quarantined =
      accepted && rows.rejected === 0
        ? undefined
        : await quarantine(data, object.path, report, findings.dropped);
    if (passed === undefined) return { ...verdict, ...(quarantined && { report: quarantined }) };
    const { part } = passed;
    const keys =
      quarantined ??
      (warnings.length === 0
        ? undefined
        : await writeReport(data, acceptedReportKeys(spec.name, table, part), report));
    await publishPart(
      data,
      spec.name,
      { table, file, sha256, part, acceptedAt: time, ...passed.statistics },
      passed.path,
    );
    return { ...verdict, part, ...(keys && { report: keys }) };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

const acceptedReportKeys = (model: string, table: string, part: string): ReportKeys => ({
  json: dataKeys.acceptedReport(model, table, part, 'json'),
  html: dataKeys.acceptedReport(model, table, part, 'html'),
});

/** Table and file that a key names; as far as it names them, when it is malformed. */
function addressOf(key: string): { table: string; file: string } {
  const parsed = parseUploadKey(key);
  if (parsed !== undefined) return parsed;
  const [, table = '', ...rest] = key.slice(key.startsWith(INCOMING) ? INCOMING.length : 0).split('/');
  return { table: table || '_', file: rest.join('/') };
}

/** What is known of the file besides its bytes. */
interface Delivered {
  readonly table: string;
  readonly file: string;
  readonly path: string;
  readonly workspace: string;
  readonly history: readonly AcceptedPart[];
  readonly override: Release | undefined;
}

async function examineUpload(
  { data, spec, key, time, limit = DECOMPRESSED_LIMIT, threads = 2 }: Upload,
  { table, file, path, workspace, history, override }: Delivered,
): Promise<Findings> {
  const address = parseUploadKey(key);
  if (address === undefined) return unread(malformedKey(key));
  if (address.model !== spec.name) return unread(otherModel(spec, address.model));
  const contract = tableOf(spec, table);
  if (contract === undefined) return unread(unknownTable(spec, table));
  // DuckDB takes * and [ in a path for patterns, and guesses compression from names: it gets a name of our own.
  const plainName = join(workspace, 'upload');
  await symlink(path, plainName);
  await using referenced = await materializeReferenced(data, spec, contract);
  return await examine({
    contract,
    file,
    path: plainName,
    workspace,
    referenced: referenced.paths,
    time,
    limit,
    history,
    seasons: !isTabular(spec) && spec.series.table === table ? spec.series : undefined,
    threads,
    override,
  });
}

const tableOf = (spec: Spec, name: string): TableSpec | undefined =>
  Object.hasOwn(spec.tables, name) ? spec.tables[name] : undefined;

/** Parts accepted before this file came: a second delivery of it is judged as the first one was. */
async function partsBefore(
  data: ObjectStore,
  spec: Spec,
  table: string,
  sha256: string,
  time: string,
): Promise<AcceptedPart[]> {
  if (tableOf(spec, table) === undefined) return [];
  const parts = await listAcceptedParts(data, spec.name, table);
  return parts.filter(part => part.sha256 !== sha256 && part.acceptedAt <= time);
}

/** The statistics of the file beside those of the part before it. */
function comparison(
  statistics: PartStatistics | undefined,
  previous: AcceptedPart | undefined,
): Pick<UploadReport, 'columns' | 'described' | 'previous'> {
  const columns = Object.entries(statistics?.columns ?? {}).map(([name, now]) => [
    name,
    { now, previous: previous?.columns[name] ?? null },
  ]);
  return {
    columns: Object.fromEntries(columns),
    described: statistics?.rows ?? 0,
    previous:
      previous === undefined
        ? null
        : { file: previous.file, acceptedAt: previous.acceptedAt, rows: previous.rows },
  };
}

function malformedKey(key: string): Violation {
  return fileViolation(
    'key.form',
    'a key of the form incoming/<model>/<table>/<file>',
    `"${key.slice(0, 200)}"${key.endsWith('/') ? ', which is a folder' : ''}`,
    'Put the file directly into the folder of its table.',
  );
}

function otherModel(spec: Spec, model: string): Violation {
  return fileViolation(
    'model.unknown',
    `the model ${spec.name}`,
    `"${model.slice(0, 100)}"`,
    'Upload the file under the name of its model.',
  );
}

function unknownTable(spec: Spec, table: string): Violation {
  return fileViolation(
    'table.unknown',
    `one of the tables of ${spec.name}: ${Object.keys(spec.tables).join(', ')}`,
    `"${table.slice(0, 100)}"`,
    'Upload the file under the name of its table, or add the table to the spec.',
  );
}

/** Local copies of the current parts of every table that a column refers to. */
async function materializeReferenced(
  data: ObjectStore,
  spec: Spec,
  contract: TableSpec,
): Promise<AsyncDisposable & { paths: ReferencedPaths }> {
  const objects: MaterializedObject[] = [];
  const paths = new Map<string, string[]>();
  const tables = Object.values(contract.columns).flatMap(({ references }) => references?.split('.')[0] ?? []);
  for (const table of new Set(tables)) {
    for (const { part } of await currentParts(data, spec, table)) {
      const object = await data.materialize(dataKeys.acceptedPart(spec.name, table, part));
      objects.push(object);
      paths.set(table, [...(paths.get(table) ?? []), object.path]);
    }
  }
  return {
    paths,
    [Symbol.asyncDispose]: async () => {
      for (const object of objects) await object[Symbol.asyncDispose]();
    },
  };
}
