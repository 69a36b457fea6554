import { expect, test } from 'vitest';
import { diffDatasets } from '../../../../core/data/dataset/diff-datasets.ts';
import { snapshotDataset } from '../../../../core/data/dataset/snapshot-dataset.ts';
import { snapshotExamples, type TabularSpec } from '../../../../core/data/dataset/snapshot-examples.ts';
import { DatasetError } from '../../../../core/telemetry/errors.ts';
import { flightsSection } from '../features/fixture.ts';
import { accept, acceptTable, rowsOf, salesSpec, temporaryStore } from './fixture.ts';

const specWith = (
  examples: Record<string, unknown> = {},
  task: TabularSpec['task'] = 'classification',
  split?: Record<string, unknown>,
): TabularSpec => ({
  name: 'late',
  ...flightsSection({ features: { origin: 'origin', distance: 'distance' }, ...examples }, split, task),
});

/** Days from 1 January 2026 on. */
const flights = (
  rows: readonly (readonly [day: number, origin: string, distance: number, delay: number])[],
): string => {
  const values = rows.map(row => `(${row[0]}, '${row[1]}', ${row[2]}, ${row[3]})`).join(', ');
  return `SELECT TIMESTAMP '2026-01-01' + to_days(d::INTEGER) AS date, origin::VARCHAR AS origin,
    distance::BIGINT AS distance, delay::BIGINT AS delay FROM (VALUES ${values}) t(d, origin, distance, delay)`;
};

const FIRST = flights([
  [0, 'A', 0, 0],
  [1, 'B', 100, 30],
  [2, 'A', 200, 0],
  [3, 'B', 300, 30],
]);

test('a further part: later time, examples that are new, that have another target, that are in another part', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await acceptTable(store, 'late', 'flights', FIRST);
  const before = await snapshotExamples({ data: store, spec: specWith() });
  // The first flight comes again, late this time, and one that is new.
  const sha256 = await acceptTable(
    store,
    'late',
    'flights',
    flights([
      [0, 'A', 500, 60],
      [4, 'C', 400, 0],
    ]),
  );
  const after = await snapshotExamples({ data: store, spec: specWith() });
  const diff = await diffDatasets(store, before, after);
  if (diff.kind !== 'examples') throw new Error('series were compared');

  expect(diff).toMatchObject({
    ...{ before: before.id, after: after.id, sameSpec: true },
    task: { before: 'classification', after: 'classification' },
    columns: { added: [], removed: [] },
    classes: { added: [], removed: [] },
    sources: { added: [{ table: 'flights', sha256, rows: 2 }], removed: [] },
    rows: {
      train: { before: 2, after: 4 },
      validation: { before: 1, after: 1 },
      test: { before: 1, after: 1 },
    },
    // 3 and 4 January, which validated and tested, are before 5 January, which tests now.
    examples: { common: 4, added: 1, removed: 0, relabelled: 1, moved: 2 },
  });
  expect(diff.time.test.after).toEqual({
    from: '2026-01-04T00:00:00.001Z',
    to: '2026-01-05T00:00:00.001Z',
  });
  const [origin, distance, target] = diff.shifts;
  // Of 4 rows A and B have 2 each; of 6, A has 3, B 2 and C 1: half of 0 + 1/6 + 1/6.
  expect(origin).toMatchObject({ column: 'origin', kind: 'text', moved: true });
  expect(origin?.shift).toBeCloseTo(1 / 6, 12);
  // Means 150 and 250; variances 50000/3 and 35000.
  expect(distance).toMatchObject({ before: { mean: 150 }, after: { mean: 250 }, moved: true });
  expect(distance?.shift).toBeCloseTo(100 / Math.sqrt((50_000 / 3 + 35_000) / 2), 12);
  expect(target).toMatchObject({ column: 'target', shift: 0, moved: false });
});

test('another spec: features, classes and split that changed; ids that cannot be matched', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await acceptTable(store, 'late', 'flights', FIRST);
  const before = await snapshotExamples({ data: store, spec: specWith() });
  const spec = specWith(
    {
      id: ['date'],
      features: { origin: 'length(origin)', hour: 'hour(date)' },
      target: "CASE WHEN delay > 15 THEN 'late' ELSE 'no' END",
    },
    'classification',
  );
  const diff = await diffDatasets(store, before, await snapshotExamples({ data: store, spec }));
  expect(diff).toMatchObject({
    sameSpec: false,
    columns: {
      added: [
        { name: 'origin', kind: 'number' },
        { name: 'hour', kind: 'number' },
      ],
      removed: [
        { name: 'origin', kind: 'category' },
        { name: 'distance', kind: 'number' },
      ],
    },
    classes: { added: ['late', 'no'], removed: ['false', 'true'] },
    shifts: [{ column: 'target', shift: 1, moved: true }],
    examples: undefined,
  });
});

test('series and examples cannot be compared', async () => {
  await using temporary = await temporaryStore();
  const { store } = temporary;
  await acceptTable(store, 'late', 'flights', FIRST);
  const examples = await snapshotExamples({ data: store, spec: specWith() });
  const spec = salesSpec();
  await accept(store, spec, rowsOf(['01', '02', '03', '04'].map(day => ['a', `2026-01-${day}`, 1] as const)));
  const series = await snapshotDataset({ data: store, spec, time: '2026-02-01T00:00:00.000Z' });
  await expect(diffDatasets(store, series, examples)).rejects.toThrow(DatasetError);
  await expect(diffDatasets(store, series, examples)).rejects.toThrow(
    'series and examples cannot be compared. Choose two datasets of one model.',
  );
});
