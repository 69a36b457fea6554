import { expect, test } from 'vitest';
import { observedSeries } from '../../../../core/data/series/observed-series.ts';
import type { Series } from '../../../../core/data/series.ts';
import type { ForecastingSpec } from '../../../../core/spec/schema.ts';
import { accept, rowsOf, salesSpec, temporaryStore } from '../dataset/fixture.ts';

const _ = Number.NaN;

const ROWS = rowsOf([
  ['a', '2026-01-01', 1],
  ['a', '2026-01-02', 2],
  ['b', '2026-01-03', 7],
  ['a', '2026-01-05', 5],
]);

async function observed(
  spec: ForecastingSpec,
  from: string,
  to: string,
  ...queries: string[]
): Promise<Series[]> {
  await using temporary = await temporaryStore();
  for (const query of queries) await accept(temporary.store, spec, query);
  return await observedSeries({
    data: temporary.store,
    spec,
    from: new Date(`${from}Z`),
    to: new Date(`${to}Z`),
  });
}

test('every series over the window: missing before it began and after the data ends', async () => {
  expect(
    await observed(salesSpec({ fill: 'zero', top: 1 }), '2026-01-02T00:00', '2026-01-08T00:00', ROWS),
  ).toEqual([
    { key: ['a'], start: new Date('2026-01-02'), values: Float64Array.of(2, 0, 0, 5, _, _) },
    { key: ['b'], start: new Date('2026-01-02'), values: Float64Array.of(_, 7, 0, 0, _, _) },
  ]);
});

test('a window before the data, and one that starts within a period', async () => {
  const spec = salesSpec();
  expect(
    (await observed(spec, '2025-12-30T00:00', '2026-01-02T00:00', ROWS)).map(({ values }) => values),
  ).toEqual([Float64Array.of(_, _, 1), Float64Array.of(_, _, _)]);
  const [a] = await observed(spec, '2026-01-01T00:01', '2026-01-02T12:00', ROWS);
  expect(a).toEqual({ key: ['a'], start: new Date('2026-01-02'), values: Float64Array.of(2) });
  expect((await observed(spec, '2026-01-02T00:00', '2026-01-02T00:00', ROWS))[0]?.values).toHaveLength(0);
});

test('rows that arrive late change what was observed', async () => {
  const late = rowsOf([['a', '2026-01-02 13:00', 40]]);
  const [a] = await observed(salesSpec(), '2026-01-02T00:00', '2026-01-03T00:00', ROWS, late);
  expect(a?.values).toEqual(Float64Array.of(42));
});

test('nothing accepted, nothing observed', async () => {
  expect(await observed(salesSpec(), '2026-01-02T00:00', '2026-01-03T00:00')).toEqual([]);
});
