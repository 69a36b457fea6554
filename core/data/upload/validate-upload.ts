import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spec, TableSpec } from '../../spec/schema.ts';
import { sha256OfFile } from '../../storage/digest.ts';
import { dataKeys, INCOMING, parseUploadKey } from '../../storage/layout.ts';
import type { MaterializedObject, ObjectStore } from '../../storage/object-store.ts';
import { messageOf } from '../../telemetry/errors.ts';
import { currentParts, publishPart } from '../accepted-parts.ts';
import { withDuckDb } from '../duckdb.ts';
import { countBroken, findExamples, judge } from './contract/check-rows.ts';
import { rowRules } from './contract/row-rules.ts';
import { type Staged, stage } from './contract/staged.ts';
import { checkTable, type ReferencedPaths } from './contract/table-rules.ts';
import { typedRows } from './contract/typed-columns.ts';
import { quarantine } from './quarantine.ts';
import { openUpload } from './reading/open-upload.ts';
import { plainSentence } from './reading/parquet.ts';
import { partStatistics } from './statistics.ts';
import {
  fileViolation,
  type RowCounts,
  UnreadableUpload,
  type UploadVerdict,
  type Violation,
} from './verdict.ts';

interface Upload {
  readonly data: ObjectStore;
  readonly spec: Spec;
  /** `incoming/<model>/<table>/<file>` */
  readonly key: string;
  /** ISO 8601: when the file arrived. */
  readonly time: string;
}

interface Findings {
  readonly rows: RowCounts;
  readonly reasons: Violation[];
  readonly warnings: Violation[];
}

/**
 * Judges an uploaded file by its table's contract. What passes becomes an accepted part; what does not goes to
 * quarantine, byte for byte, with a report. The upload itself stays where it is. Calling it again with the same
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
    const staged = join(workspace, 'accepted.parquet');
    const findings = await examine(upload, table, file, object.path, workspace, staged);
    const { reasons, warnings, rows } = findings;
    const contract = tableOf(spec, table);
    if (reasons.length === 0 && contract !== undefined) {
      const statistics = await withDuckDb({ paths: [staged], workspace }, connection =>
        partStatistics(connection, staged, contract),
      );
      const part = await sha256OfFile(staged);
      await publishPart(
        data,
        spec.name,
        { table, file, sha256, part, acceptedAt: time, ...statistics },
        staged,
      );
      return { table, file, sha256, accepted: true, part, rows, reasons, warnings };
    }
    const { size } = await stat(object.path);
    const report = { model: spec.name, table, file, sha256, size, key, time, accepted: false, ...findings };
    const keys = await quarantine(data, object.path, report);
    return { table, file, sha256, accepted: false, rows, reasons, warnings, report: keys };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

/** Table and file that a key names; as far as it names them, when it is malformed. */
function addressOf(key: string): { table: string; file: string } {
  const parsed = parseUploadKey(key);
  if (parsed !== undefined) return parsed;
  const [, table = '', ...rest] = key.slice(key.startsWith(INCOMING) ? INCOMING.length : 0).split('/');
  return { table: table || '_', file: rest.join('/') };
}

const tableOf = (spec: Spec, name: string): TableSpec | undefined =>
  Object.hasOwn(spec.tables, name) ? spec.tables[name] : undefined;

/** Reads and checks the file; leaves the typed rows in `staged`. */
async function examine(
  { data, spec, key, time }: Upload,
  table: string,
  file: string,
  path: string,
  workspace: string,
  staged: string,
): Promise<Findings> {
  const contract = tableOf(spec, table);
  if (parseUploadKey(key) === undefined) return refused(malformedKey(key));
  if (contract === undefined) return refused(unknownTable(spec, table));
  try {
    await using referenced = await materializeReferenced(data, spec, contract);
    return await examineFile({ contract, file, path, workspace, staged, referenced: referenced.paths, time });
  } catch (error) {
    if (error instanceof UnreadableUpload) return refused(error.violation);
    if (!isDuckDbError(error)) throw error;
    return refused(
      fileViolation(
        'file.unreadable',
        'a file that can be read to its end',
        `reading it failed: ${plainSentence(messageOf(error))}`,
        'Export the file again; if it fails again, show this report to the owner of the model.',
      ),
    );
  }
}

interface Examination {
  readonly contract: TableSpec;
  readonly file: string;
  readonly path: string;
  readonly workspace: string;
  readonly staged: string;
  readonly referenced: ReferencedPaths;
  readonly time: string;
}

async function examineFile(examination: Examination): Promise<Findings> {
  const { contract, file, path, workspace, staged, referenced, time } = examination;
  const opened = await openUpload(path, file, workspace, contract);
  const paths = [opened.path, staged, ...[...referenced.values()].flat()];
  return withDuckDb({ paths, workspace }, async connection => {
    const source = await opened.source(connection);
    const typed = typedRows(contract, source);
    const rules = typed.rows.columns.flatMap(rowRules);
    const { total, broken } = await countBroken(connection, typed.rows, rules);
    const byRow = await judge(rules, total, broken, hit => findExamples(connection, source, typed.rows, hit));
    const columns = new Set(typed.rows.columns.map(({ name }) => name));
    let byTable: { reasons: Violation[]; warnings: Violation[] } = { reasons: [], warnings: [] };
    if (columns.size > 0) {
      await stage(connection, typed.rows, staged);
      const rowNumbers = (ordinals: readonly number[]) => source.rowNumbers(ordinals);
      const stagedRows: Staged = { connection, path: staged, columns, total, rowNumbers };
      byTable = await checkTable(contract, stagedRows, referenced, time);
    }
    const reasons = [...typed.reasons, ...byRow.reasons, ...byTable.reasons];
    const warnings = [...opened.warnings, ...typed.warnings, ...byRow.warnings, ...byTable.warnings];
    const accepted = reasons.length === 0 ? total : 0;
    return { rows: { read: total, accepted, rejected: total - accepted }, reasons, warnings };
  });
}

const refused = (reason: Violation): Findings => ({
  rows: { read: 0, accepted: 0, rejected: 0 },
  reasons: [reason],
  warnings: [],
});

const isDuckDbError = (error: unknown): boolean =>
  error instanceof Error && /^[A-Z][A-Za-z -]* Error: /.test(error.message);

function malformedKey(key: string): Violation {
  return fileViolation(
    'key.form',
    'a key of the form incoming/<model>/<table>/<file>',
    `"${key.slice(0, 200)}"${key.endsWith('/') ? ', which is a folder' : ''}`,
    'Put the file directly into the folder of its table.',
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
