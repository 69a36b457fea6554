import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../quote.ts';
import { compareKeys, type Series } from '../series.ts';
import { type Grid, timeOfStep } from './grid.ts';

/** A relation with one row per series and period. */
export interface SeriesRelation {
  /** SQL of a table, view or table function. */
  readonly from: string;
  /** VARCHAR columns that are never null. */
  readonly key: readonly string[];
  /** SQL for the step of the grid that a row is about, from 0. */
  readonly step: string;
  /** DOUBLE column; null where a value is missing. */
  readonly value: string;
}

/**
 * The series of a relation, sorted by key. Each starts at its first row and lasts until the end of the grid; steps
 * without a row are missing. Rows past the end of the grid must not be there.
 */
export async function collectSeries(
  connection: DuckDBConnection,
  { from, key, step, value }: SeriesRelation,
  grid: Grid,
): Promise<Series[]> {
  const keys = key.map(identifier);
  const heads = await connection.runAndReadAll(`
    SELECT count(*)::DOUBLE, min(${step})::DOUBLE${keys.map(column => `, ${column}`).join('')}
    FROM ${from} ${keys.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')}`}
  `);
  const cells = await connection.stream(
    `SELECT (${step})::DOUBLE, ${identifier(value)} FROM ${from} ORDER BY ${[...keys, '1'].join(', ')}`,
  );
  const cursor = heads.getRowsJS().map(([rows, start, ...parts]) => {
    const first = Number(start);
    return {
      rows: Number(rows),
      first,
      series: {
        key: parts.map(String),
        start: timeOfStep(grid, first),
        values: new Float64Array(grid.steps - first).fill(Number.NaN),
      },
    };
  });

  // Both queries have the same order, so the rows of the second one belong to the series of the first in turn.
  let current = 0;
  let seen = 0;
  for (;;) {
    const chunk = await cells.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const steps = chunk.getColumnValues(0);
    const values = chunk.getColumnValues(1);
    for (const [row, at] of steps.entries()) {
      while (seen === cursor[current]?.rows) {
        current++;
        seen = 0;
      }
      const target = cursor[current];
      const found = values[row];
      if (target !== undefined && typeof found === 'number') {
        target.series.values[Number(at) - target.first] = found;
      }
      seen++;
    }
  }
  return cursor.map(({ series }) => series).sort((a, b) => compareKeys(a.key, b.key));
}
