import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableSpec } from '../../spec/schema.ts';
import { messageOf } from '../../telemetry/errors.ts';
import type { AcceptedPart } from '../accepted-parts.ts';
import { withDuckDb } from '../duckdb.ts';
import { literal } from '../quote.ts';
import { countBroken, dropBroken, judgeBroken } from './contract/check-rows.ts';
import { countDropped, createDropped, remaining, writeDropped, writeRemaining } from './contract/dropped.ts';
import { checkFile } from './contract/file-rules.ts';
import { combined, type Outcome, outcomeOf } from './contract/outcome.ts';
import { rowRules } from './contract/row-rules.ts';
import { stage } from './contract/staged.ts';
import { checkTable, type ReferencedPaths } from './contract/table-rules.ts';
import { typedRows } from './contract/typed-rows.ts';
import { openUpload } from './reading/open-upload.ts';
import { plainSentence } from './reading/plain-sentence.ts';
import type { Source } from './reading/source.ts';
import { partStatistics } from './statistics.ts';
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
  readonly threads: number;
}

export type Statistics = Pick<AcceptedPart, 'rows' | 'timeRange' | 'columns'>;

export interface Findings extends Outcome {
  readonly rows: RowCounts;
  /** The rows in the contract's types: what is accepted if it is. Absent when the file could not be read so far. */
  readonly parquet?: string;
  readonly statistics?: Statistics;
  /** CSV of the rows that were left out. */
  readonly dropped?: string;
}

/** Rules that no row can be dropped for: the file as a whole is wrong, or what follows the flaw cannot be trusted. */
const NEVER_DROPPED = new Set(['file.open_quote']);

/**
 * Reads and checks a file against its table's contract. Whatever a file holds ends in findings; what is thrown is a
 * failure of this machine.
 */
export async function examine(examination: Examination): Promise<Findings> {
  try {
    const { contract, file, path, workspace, limit, referenced, threads } = examination;
    const opened = await openUpload(path, file, workspace, contract, limit);
    const paths = [opened.path, ...[...referenced.values()].flat(), ...Object.values(outputs(workspace))];
    return await withDuckDb({ paths, workspace, threads }, async connection => {
      const source = await opened.source(connection);
      const found = await examineRows(examination, connection, source);
      return { ...found, warnings: [...opened.warnings, ...found.warnings] };
    });
  } catch (error) {
    if (error instanceof UnreadableUpload) return unread(error.violation);
    if (!isDuckDbError(error)) throw error;
    return unread(
      fileViolation(
        'file.unreadable',
        'a file that can be read to its end',
        `reading it failed: ${plainSentence(messageOf(error))}`,
        'Export the file again; if it fails again, show this report to the owner of the model.',
      ),
    );
  }
}

/** Findings about a file of which no row was read. */
export const unread = (reason: Violation): Findings => ({
  rows: { read: 0, accepted: 0, rejected: 0 },
  reasons: [reason],
  warnings: [],
});

const outputs = (workspace: string) => ({
  staged: join(workspace, 'staged.parquet'),
  remaining: join(workspace, 'remaining.parquet'),
  droppedRows: join(workspace, 'dropped.parquet'),
  dropped: join(workspace, 'rejected-rows.csv'),
});

async function examineRows(
  { contract, workspace, referenced, time }: Examination,
  connection: DuckDBConnection,
  source: Source,
): Promise<Findings> {
  const drop = contract.on_violation === 'drop';
  const files = outputs(workspace);
  const typed = typedRows(contract, source);
  const { rows } = typed;
  const { total, broken } = await countBroken(connection, rows, rowRules(rows));
  if (source.records !== undefined && source.records !== total)
    return unread(miscounted(source.records, total));
  const read = total + source.malformed;
  const byReading = combined(source, typed);
  const byRow = outcomeOf(await judgeBroken(connection, source, rows, broken, total));
  const refused = (outcome: Outcome): Findings => ({
    rows: { read, accepted: 0, rejected: read },
    ...outcome,
  });
  if (rows.columns.length === 0) return refused(combined(byReading, byRow));

  await stage(connection, rows, files.staged);
  if (drop) {
    await createDropped(connection);
    await dropBroken(connection, rows, broken, total);
  }
  const staged = {
    connection,
    from: drop ? remaining(files.staged) : `read_parquet(${literal(files.staged)}, file_row_number = true)`,
    columns: new Set(rows.columns.map(({ name }) => name)),
    rowNumbers: (ordinals: readonly number[]) => source.rowNumbers(ordinals),
  };
  const byTable = outcomeOf(await checkTable(contract, staged, referenced, total, drop));
  const droppable = combined({ reasons: source.reasons, warnings: [] }, byRow, byTable);
  const left = drop ? total - (await countDropped(connection)) : total;
  const byFile = outcomeOf(await checkFile(contract, staged, left, time));
  const outcome = combined(byReading, byRow, byTable, byFile);

  const fatal = drop
    ? [...typed.reasons, ...byFile.reasons].length > 0 ||
      droppable.reasons.some(({ rule, rows: broke }) => NEVER_DROPPED.has(rule) || broke === 0)
    : outcome.reasons.length > 0;
  const statistics = await partStatistics(connection, files.staged, contract, staged.columns);
  if (fatal) return { ...refused(outcome), parquet: files.staged, statistics };
  if (left === total) {
    return {
      rows: { read, accepted: total, rejected: read - total },
      ...outcome,
      parquet: files.staged,
      statistics,
    };
  }
  await writeDropped(connection, source, rows, files.dropped);
  await writeRemaining(
    connection,
    files.staged,
    files.droppedRows,
    Object.keys(contract.columns),
    files.remaining,
  );
  return {
    rows: { read, accepted: left, rejected: read - left },
    ...outcome,
    parquet: files.remaining,
    statistics: await partStatistics(connection, files.remaining, contract, staged.columns),
    dropped: files.dropped,
  };
}

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
