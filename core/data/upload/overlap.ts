import type { TableSpec } from '../../spec/schema.ts';
import { dataKeys } from '../../storage/layout.ts';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import type { AcceptedPart, ColumnStatistics } from '../accepted-parts.ts';
import { withDuckDb } from '../duckdb.ts';
import { parquetRows } from '../parquet-rows.ts';
import { identifier } from '../quote.ts';
import { percent } from './contract/outcome.ts';
import { oneRow } from './contract/staged.ts';
import { type PartStatistics, utcOf } from './statistics/part-statistics.ts';
import type { Violation } from './verdict.ts';

/** Earlier files that a finding lists by name. */
const LISTED = 5;

/** Rows that passed the contract, about to become a part. */
interface NewPart {
  readonly path: string;
  /** SHA-256 of the file at `path`: the same rows delivered again are the same part, and count once. */
  readonly part: string;
  readonly statistics: PartStatistics;
  /** A directory for what does not fit in memory. */
  readonly workspace: string;
}

/**
 * Tells of rows of an `append` table whose key an earlier accepted file has too, for they count twice. It is a warning:
 * only who exports them knows whether the older or the newer row is right, or whether the file should be the whole table.
 * @param history Accepted parts of the table before this file, oldest first.
 */
export async function overlapWithEarlier(
  { data, model, table }: { readonly data: ObjectStore; readonly model: string; readonly table: string },
  { mode, key }: Pick<TableSpec, 'mode' | 'key'>,
  { path, part, statistics, workspace }: NewPart,
  history: readonly AcceptedPart[],
): Promise<Violation[]> {
  if (mode !== 'append' || key === undefined) return [];
  const near = history.filter(
    earlier =>
      earlier.part !== part && key.every(name => mayShare(statistics.columns[name], earlier.columns[name])),
  );
  if (near.length === 0) return [];
  await using files = await materializeAll(
    data,
    near.map(earlier => dataKeys.acceptedPart(model, table, earlier.part)),
  );
  // As text: the contract may have given a column another type meanwhile. A row without a whole key is not compared.
  const columns = key.map(name => `CAST(${identifier(name)} AS VARCHAR)`).join(', ');
  const whole = key.map(name => `${identifier(name)} IS NOT NULL`).join(' AND ');
  const keys = (paths: readonly string[]): string =>
    `(SELECT (${columns}) FROM ${parquetRows(paths)} WHERE ${whole})`;
  return await withDuckDb({ paths: [path, ...files.paths], workspace }, async connection => {
    const { n, shown } = await oneRow(
      connection,
      `SELECT count(*) AS n, min(concat_ws(', ', ${columns})) AS shown FROM ${parquetRows([path])}
       WHERE ${whole} AND (${columns}) IN ${keys(files.paths)}`,
    );
    const rows = Number(n);
    if (rows === 0) return [];
    const among: string[] = [];
    for (const [i, { file }] of near.entries()) {
      const shared = `SELECT 1 FROM ${keys([files.paths[i] ?? ''])} AS earlier(k) WHERE k IN ${keys([path])} LIMIT 1`;
      if ((await connection.runAndReadAll(shared)).currentRowCount > 0) among.push(file);
      if (among.length > LISTED) break;
    }
    return [
      {
        rule: 'key.overlap',
        expected: `values of ${key.join(', ')} that no accepted file before this one has: all of these rows count`,
        found:
          `${rows} of ${statistics.rows} rows (${percent(rows / statistics.rows)}) have one, such as ${shown}; ` +
          `earlier: ${among.slice(0, LISTED).join(', ')}${among.length > LISTED ? ', …' : ''}`,
        rows,
        examples: [],
        advice:
          'Export each row once, in files that do not overlap; or, if every file is to be the whole table, declare ' +
          'mode: replace.',
      },
    ];
  });
}

/** Whether a column of two parts can have a value in common, by its bounds; yes where these say nothing. */
function mayShare(now: ColumnStatistics | undefined, earlier: ColumnStatistics | undefined): boolean {
  if (now?.min == null || now.max == null || earlier?.min == null || earlier.max == null) return false;
  if (now.type !== earlier.type) return true;
  return !isBelow(now.type, now.max, earlier.min) && !isBelow(now.type, earlier.max, now.min);
}

function isBelow(type: ColumnStatistics['type'], one: string, other: string): boolean {
  if (type === 'integer' || type === 'number') return Number(one) < Number(other);
  if (type === 'date' || type === 'timestamp') return utcOf(one) < utcOf(other);
  // In the order of UTF-8, as DuckDB compares text.
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
