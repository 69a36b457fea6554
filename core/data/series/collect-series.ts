import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../quote.ts';
import { compareKeys, type Series } from '../series.ts';
import { type Grid, stepOfTime, timeOfStep } from './grid.ts';

/** A relation with one row per series and period. */
export interface SeriesRelation {
  /** SQL of a table, view or table function. */
  readonly from: string;
  /** VARCHAR columns that are never null. */
  readonly key: readonly string[];
  /** TIMESTAMP column, period starts. */
  readonly time: string;
  /** DOUBLE column; null where a value is missing. */
  readonly value: string;
}

/**
 * The series of a relation, sorted by key. Each starts at its first row and lasts until the end of the grid; steps
 * without a row are missing. Rows past the end of the grid must not be there.
 */
export async function collectSeries(
  connection: DuckDBConnection,
  { from, key, time, value }: SeriesRelation,
  grid: Grid,
): Promise<Series[]> {
  const keys = key.map(identifier);
  const inOrder = [...keys, identifier(time)].join(', ');
  const heads = await connection.runAndReadAll(`
    SELECT count(*)::DOUBLE, epoch_ms(min(${identifier(time)}))::DOUBLE${keys.map(column => `, ${column}`).join('')}
    FROM ${from} ${keys.length === 0 ? 'HAVING count(*) > 0' : `GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')}`}
  `);
  const cells = await connection.stream(
    `SELECT epoch_ms(${identifier(time)})::DOUBLE, ${identifier(value)} FROM ${from} ORDER BY ${inOrder}`,
  );
  const cursor = heads.getRowsJS().map(([rows, start, ...parts]) => {
    const first = stepOfTime(grid, new Date(Number(start)));
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
  const steps = new Map(
    Array.from({ length: grid.steps }, (_, step) => [timeOfStep(grid, step).getTime(), step]),
  );
  let current = 0;
  let seen = 0;
  for (;;) {
    const chunk = await cells.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const times = chunk.getColumnValues(0);
    const values = chunk.getColumnValues(1);
    for (const [row, at] of times.entries()) {
      while (seen === cursor[current]?.rows) {
        current++;
        seen = 0;
      }
      const target = cursor[current];
      const step = steps.get(Number(at));
      const found = values[row];
      if (target !== undefined && step !== undefined && typeof found === 'number') {
        target.series.values[step - target.first] = found;
      }
      seen++;
    }
  }
  return cursor.map(({ series }) => series).sort((a, b) => compareKeys(a.key, b.key));
}
