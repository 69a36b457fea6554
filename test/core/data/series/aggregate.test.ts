import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDuckDb } from '../../../../core/data/duckdb.ts';
import { literal } from '../../../../core/data/quote.ts';
import { SeriesTable } from '../../../../core/data/series/aggregate.ts';
import { timeOfStep } from '../../../../core/data/series/grid.ts';
import { compareKeys } from '../../../../core/data/series.ts';
import { scratchFolder } from '../../../../core/storage/scratch-folder.ts';
import { fc } from '../../../support/properties.ts';
import { rowsOf, salesSpec } from '../dataset/fixture.ts';

type Row = readonly [shop: string, minute: number, amount: number];

const START = Date.UTC(2026, 0, 31);
const at = (minute: number): Date => new Date(START + minute * 60_000);

test('series are what adding up row by row gives, over any parts, keys and steps', async () => {
  await using folder = await scratchFolder('test');
  let file = 0;
  const shop = fc.constantFrom('a', 'b', 'B', 'é', '日本', "o'clock", '😀', '');
  const row: fc.Arbitrary<Row> = fc.tuple(
    shop,
    fc.integer({ min: 0, max: 90 * 1440 }),
    fc.integer({ min: -9, max: 9 }),
  );
  const parts = fc.array(fc.array(row, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 3 });
  const every = fc.constantFrom('6 hours', '1 day', '1 week', '1 month');

  await withDuckDb({ paths: [`${folder.path}/`], threads: 1 }, connection =>
    fc.assert(
      fc.asyncProperty(parts, every, async (rows, step) => {
        const paths: string[] = [];
        for (const part of rows) {
          const path = join(folder.path, `${file++}.parquet`);
          const query = rowsOf(part.map(([key, minute, amount]) => [key, at(minute).toISOString(), amount]));
          await connection.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet)`);
          paths.push(path);
        }
        const table = new SeriesTable(connection, salesSpec({ every: step }), paths);
        const grid = await table.grid();
        const series = await table.aggregate(grid);

        const end = timeOfStep(grid, grid.steps);
        const all = rows.flat().map(([key, minute, amount]) => ({ key, time: at(minute), amount }));
        const kept = all.filter(({ time }) => time < end);
        // The last period with rows may be left out, and nothing else.
        expect(all.length - kept.length).toBe(grid.incomplete?.rows ?? 0);
        if (grid.incomplete !== undefined) expect(end).toEqual(grid.incomplete.start);

        const expected = [...new Set(kept.map(({ key }) => key))].map(key => {
          const values = new Float64Array(grid.steps).fill(Number.NaN);
          for (let i = 0; i < grid.steps; i++) {
            const [from, to] = [timeOfStep(grid, i), timeOfStep(grid, i + 1)];
            const inside = kept.filter(one => one.key === key && one.time >= from && one.time < to);
            if (inside.length > 0) values[i] = inside.reduce((sum, { amount }) => sum + amount, 0);
          }
          const first = values.findIndex(value => !Number.isNaN(value));
          return { key: [key], start: timeOfStep(grid, first), values: values.slice(first) };
        });
        expect(series).toEqual(expected.sort((a, b) => compareKeys(a.key, b.key)));
      }),
      { numRuns: 40 },
    ),
  );
});
