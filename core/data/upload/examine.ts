import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableSpec } from '../../spec/schema.ts';
import { messageOf } from '../../telemetry/errors.ts';
import type { AcceptedPart } from '../accepted-parts.ts';
import { withDuckDb } from '../duckdb.ts';
import { literal } from '../quote.ts';
import {
  countBroken,
  countBrokenStaged,
  dropBroken,
  judgeBroken,
  usableRules,
} from './contract/check-rows.ts';
import { countDropped, createDropped, remaining, writeDropped, writeRemaining } from './contract/dropped.ts';
import { checkFile } from './contract/file-rules.ts';
import { combined, type Judged, type Outcome, outcomeOf } from './contract/outcome.ts';
import { rowRules } from './contract/row-rules.ts';
import { selectStaged, stage, stageIfTyped } from './contract/staged.ts';
import { checkTable, type ReferencedPaths } from './contract/table-rules.ts';
import { typedRows } from './contract/typed-rows.ts';
import { learnedChecks } from './learned/learned-checks.ts';
import type { Seasons } from './learned/peers.ts';
import { openUpload } from './reading/open-upload.ts';
import { plainSentence } from './reading/plain-sentence.ts';
import type { Source } from './reading/source.ts';
import { applyOverride } from './release/apply-override.ts';
import type { Release } from './release/release-record.ts';
import { type PartStatistics, partStatistics } from './statistics/part-statistics.ts';
import { valueCounts } from './statistics/value-counts.ts';
import { fileViolation, type RowCounts, UnreadableUpload, type Violation } from './verdict.ts';

export interface Examination {
  readonly contract: TableSpec;
  /** The file's name, for what it promises. */
  readonly file: string;
  readonly path: string;
  /** Directory for everything that is written on the way. */
  readonly workspace: string;
  readonly referenced: ReferencedPaths;
  /** When the file arrived, ISO 8601. */
  readonly time: string;
  /** Largest size after decompression, in bytes. */
  readonly limit: number;
  /** Accepted parts of the table before this file, oldest first. */
  readonly history: readonly AcceptedPart[];
  /** Of the series that the table feeds, where it feeds one. */
  readonly seasons: Seasons | undefined;
  readonly threads: number;
  /** A person's decision to accept the file although it breaks rules. */
  readonly override: Release | undefined;
}

export interface Findings extends Outcome {
  readonly accepted: boolean;
  readonly rows: RowCounts;
  /** The rows in the contract's types: what is accepted if it is. Absent when the file could not be read so far. */
  readonly parquet?: string;
  readonly statistics?: PartStatistics;
  /** CSV of the rows that were left out. */
  readonly dropped?: string;
}

/**
 * Reads and checks a file against its table's contract. Whatever a file holds ends in findings; what is thrown is a
 * failure of this machine.
 */
export async function examine(examination: Examination): Promise<Findings> {
  try {
    return await read(examination, false);
  } catch (error) {
    if (!isDuckDbError(error)) return refusedBy(error);
  }
  // The first reading trusts plain text. It failed: now every byte is looked at, so that the reason can be named.
  try {
    const workspace = join(examination.workspace, 'thorough');
    await mkdir(workspace);
    return await read({ ...examination, workspace }, true);
  } catch (error) {
    return refusedBy(error);
  }
}

async function read(examination: Examination, thorough: boolean): Promise<Findings> {
  const { contract, file, path, workspace, limit, referenced, threads } = examination;
  const opened = await openUpload(path, file, workspace, contract, limit, thorough);
  const paths = [opened.path, ...[...referenced.values()].flat(), ...Object.values(outputs(workspace))];
  return withDuckDb({ paths, workspace, threads }, async connection => {
    const source = await opened.source(connection);
    const found = await examineRows(examination, connection, source);
    return { ...found, warnings: [...opened.warnings, ...found.warnings] };
  });
}

/** The findings that an error stands for; throws it again when it is no fault of the file. */
function refusedBy(error: unknown): Findings {
  if (error instanceof UnreadableUpload) return unread(error.violation);
  if (!isDuckDbError(error)) throw error;
  if (messageOf(error).startsWith('Out of Memory Error')) return unread(tooWide());
  return unread(
    fileViolation(
      'file.unreadable',
      'a file that can be read to its end',
      `reading it failed: ${plainSentence(messageOf(error))}`,
      'Export the file again; if it fails again, show this report to the owner of the model.',
    ),
  );
}

/** Findings about a file of which no row was read. */
export const unread = (reason: Violation): Findings => ({
  accepted: false,
  rows: { read: 0, accepted: 0, rejected: 0 },
  reasons: [reason],
  warnings: [],
});

const outputs = (workspace: string) => ({
  staged: join(workspace, 'staged.parquet'),
  remaining: join(workspace, 'remaining.parquet'),
  droppedRows: join(workspace, 'dropped.parquet'),
  rowNumbers: join(workspace, 'row-numbers.csv'),
  dropped: join(workspace, 'rejected-rows.csv'),
});

async function examineRows(
  { contract, workspace, referenced, time, history, seasons, override }: Examination,
  connection: DuckDBConnection,
  source: Source,
): Promise<Findings> {
  // A file that is accepted by decision is accepted whole.
  const mayDrop = contract.on_violation === 'drop' && override === undefined;
  const files = outputs(workspace);
  const typed = typedRows(contract, source);
  const { rows } = typed;
  const isStaged = rows.columns.length > 0 && (await stageIfTyped(connection, rows, files.staged));
  const { usable, unusable } = await usableRules(connection, rowRules(rows));
  const { total, broken } = isStaged
    ? await countBrokenStaged(connection, selectStaged(rows, files.staged), usable)
    : await countBroken(connection, rows.select(), usable);
  if (source.records !== undefined && source.records !== total) {
    return unread(miscounted(source.records, total));
  }
  const read = total + source.malformed;
  const byReading = combined(source, typed);
  const byRow = outcomeOf([...unusable, ...(await judgeBroken(connection, source, rows, broken, total))]);
  if (rows.columns.length === 0) {
    return { accepted: false, rows: { read, accepted: 0, rejected: read }, ...combined(byReading, byRow) };
  }

  // Of no rows none can be left out.
  const drop = mayDrop && total > 0;
  if (!isStaged) await stage(connection, rows, files.staged);
  if (drop) {
    await createDropped(connection, total);
    await dropBroken(connection, rows, broken, total);
  }
  const names = rows.columns.map(({ name }) => name);
  const columns = new Set(names);
  // Rows that are left out would still be in the counts.
  const counts = drop ? undefined : await valueCounts(connection, files.staged, names, total);
  const staged = {
    connection,
    from: drop ? remaining(files.staged) : `read_parquet(${literal(files.staged)}, file_row_number = true)`,
    columns,
    counts: counts ?? new Map<string, string>(),
    rowNumbers: (ordinals: readonly number[]) => source.rowNumbers(ordinals),
  };
  const byTable = outcomeOf(await checkTable(contract, staged, referenced, total, drop));
  const left = drop ? total - (await countDropped(connection)) : total;
  const byFile = outcomeOf(await checkFile(contract, staged, left, time));

  let parquet = files.staged;
  if (left < total) {
    await writeDropped(connection, source, rows, files.dropped, files.rowNumbers);
    await writeRemaining(connection, files.staged, files.droppedRows, rows, total, files.remaining);
    parquet = files.remaining;
  }
  const statistics = await partStatistics(
    connection,
    parquet,
    contract,
    columns,
    counts ?? (await valueCounts(connection, parquet, names, left)),
  );
  const byLearning = outcomeOf(learned(contract, statistics, history, seasons));

  const wholeFile = combined(typed, byFile, byLearning).reasons;
  const ofRows = combined({ reasons: source.reasons, warnings: [] }, byRow, byTable).reasons;
  const judged = combined(byReading, byRow, byTable, byFile, byLearning);
  const overridden = override && applyOverride(judged, override);
  const accepted =
    overridden !== undefined ||
    (wholeFile.length === 0 && ofRows.every(reason => drop && isDroppable(reason)));
  const kept = accepted ? left : 0;
  return {
    accepted,
    rows: { read, accepted: kept, rejected: read - kept },
    ...(overridden ?? judged),
    parquet,
    statistics,
    ...(left < total && { dropped: files.dropped }),
  };
}

/** Whether leaving rows out heals it: not where no row was named, nor where what follows a flaw cannot be trusted. */
const isDroppable = ({ rule, rows }: Violation): boolean => rows > 0 && rule !== 'file.open_quote';

function learned(
  { learned: severity = 'warn', key = [], columns }: TableSpec,
  statistics: PartStatistics,
  history: readonly AcceptedPart[],
  seasons: Seasons | undefined,
): Judged[] {
  if (severity === 'off') return [];
  const unique = Object.keys(columns).filter(name => columns[name]?.unique);
  const identifiers = new Set([...(key.length === 1 ? key : []), ...unique]);
  return learnedChecks(statistics, history, identifiers, seasons).map(violation => ({ severity, violation }));
}

const tooWide = (): Violation =>
  fileViolation(
    'file.memory',
    'rows of which some ten thousand fit into 700 MB of memory',
    'a file that needs more memory than that',
    'Leave out columns with very long texts, or shorten them; or split the file.',
  );

/** A safety net: two independent readers must agree on how many rows there are. */
const miscounted = (records: number, rows: number): Violation =>
  fileViolation(
    'file.ambiguous',
    'text whose rows can be told apart beyond doubt',
    `${records} rows by its line ends and quotes, but ${rows} by another way of reading`,
    'Quote every value that holds delimiters, quotes or line ends, and end all lines alike.',
  );

const isDuckDbError = (error: unknown): boolean =>
  error instanceof Error && /^[A-Z][A-Za-z -]* Error: /.test(error.message);
