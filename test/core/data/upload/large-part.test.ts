import { expect, test } from 'vitest';
import { acceptedPartSchema } from '../../../../core/data/accepted-parts.ts';
import { dataKeys } from '../../../../core/storage/layout.ts';
import { briefly, deliver, emptyStore, parquetOf, specOf } from './upload-harness.ts';

const ROWS = 1_200_000;

/** Columns that repeat their values, that have two, and that never repeat; in a part too large to count them all. */
const QUERY = `SELECT i AS id, (i % 7)::BIGINT AS weekday, i % 3 = 0 AS third, 'c' || (i % 40) AS city,
  CASE WHEN i % 4 > 0 THEN (i % 1000) / 8 END AS price FROM range(${ROWS}) t(i)`;

const spec = specOf(
  {
    columns: {
      id: { type: 'integer', required: true, min: 0 },
      weekday: { type: 'integer', max: 6 },
      third: { type: 'boolean' },
      city: { type: 'string', references: 'cities.name', tolerance: 0.05 },
      price: { type: 'number' },
    },
  },
  { cities: { mode: 'replace', columns: { name: { type: 'string' } } } },
);

test('a large part: counted values give exact statistics and references, others an estimate', async () => {
  const data = emptyStore();
  const cities = Array.from({ length: 39 }, (_, i) => `c${i}\n`).join('');
  await deliver(`name\n${cities}`, { spec, data, table: 'cities' });
  const verdict = await deliver(await parquetOf(QUERY), { spec, data, file: 'large.parquet' });
  expect(verdict.reasons).toEqual([]);
  // Every fortieth row is of city c39, which is not listed: a fortieth is tolerated.
  expect(briefly(verdict.warnings)).toEqual([
    ['city.references', ROWS / 40, Array.from({ length: 20 }, (_, i) => 40 * (i + 1))],
  ]);
  const info = await data.get(dataKeys.acceptedPartInfo('shop', 't', verdict.part ?? ''));
  const { columns } = acceptedPartSchema.parse(JSON.parse(info?.body.toString() ?? ''));
  expect(columns).toMatchObject({
    id: { missing: 0, min: '0', max: String(ROWS - 1), mean: (ROWS - 1) / 2 },
    weekday: { missing: 0, distinct: 7, min: '0', max: '6' },
    third: { distinct: 2, min: 'false', max: 'true', mean: 0.333333333333 },
    city: { distinct: 40, min: 'c0', max: 'c9' },
    // Multiples of four eighths are missing: 750 values are left, whose mean is that of 1, 2, 3, 5, … 999 eighths.
    price: { missing: ROWS / 4, distinct: 750, min: '0.125', max: '124.875', mean: 62.5 },
  });
  expect(columns.third?.top).toEqual([
    { value: 'false', rows: (ROWS * 2) / 3 },
    { value: 'true', rows: ROWS / 3 },
  ]);
  expect(columns.city?.top).toHaveLength(20);
  expect(columns.city?.top[0]).toEqual({ value: 'c0', rows: ROWS / 40 });
  expect(columns.weekday?.histogram?.rows.reduce((sum, n) => sum + n, 0)).toBe(ROWS);
  expect(Math.abs((columns.id?.distinct ?? 0) / ROWS - 1)).toBeLessThan(0.02);
});
