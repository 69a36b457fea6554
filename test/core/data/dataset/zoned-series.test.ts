import { expect, test } from 'vitest';
import { readSeries } from '../../../../core/data/dataset/read-series.ts';
import { snapshotDataset } from '../../../../core/data/dataset/snapshot-dataset.ts';
import { forecastingSpecSchema } from '../../../../core/spec/schema.ts';
import { deliver, emptyStore, TIME } from '../upload/upload-harness.ts';

const specIn = (timezone: string, every: string) =>
  forecastingSpecSchema.parse({
    name: 'shop',
    task: 'forecasting',
    tables: {
      t: {
        time: 'at',
        read: { timezone, ambiguous: 'earlier' },
        columns: { at: { type: 'timestamp', required: true } },
      },
    },
    series: { table: 't', time: 'at', every, value: 'count(*)' },
    horizon: 1,
  });

/** The dataset and the values of the only series that rows at these local times give. */
async function built(timezone: string, every: string, times: readonly string[]) {
  const spec = specIn(timezone, every);
  const data = emptyStore();
  const { reasons } = await deliver(['at', ...times, ''].join('\n'), { spec, data });
  expect(reasons).toEqual([]);
  const dataset = await snapshotDataset({ data, spec, time: TIME });
  const [series] = await readSeries(data, dataset, ['train', 'validation', 'test']);
  return { grid: dataset.grid, split: dataset.split, values: [...(series?.values ?? [])] };
}

/** One row at every full hour that the clocks show from one date to another, both included. */
function everyHour(
  year: number,
  month: number,
  from: number,
  to: number,
  skipped: readonly string[] = [],
): string[] {
  const hours = Array.from({ length: (to - from + 1) * 24 }, (_, hour) =>
    new Date(Date.UTC(year, month, from, hour)).toISOString().slice(0, 19),
  );
  return hours.filter(hour => !skipped.includes(hour));
}

test('a day in Berlin is from midnight to midnight there, also when the clocks go forward', async () => {
  // On 29 March 2026 the clocks skip the hour from two o'clock: 23 hours are left.
  const { grid, split, values } = await built(
    'Europe/Berlin',
    '1 day',
    everyHour(2026, 2, 26, 31, ['2026-03-29T02:00:00']),
  );
  expect(values).toEqual([24, 24, 24, 23, 24, 24]);
  expect(grid).toEqual({
    every: '1 day',
    timezone: 'Europe/Berlin',
    start: '2026-03-25T23:00:00.000Z',
    end: '2026-03-31T22:00:00.000Z',
    steps: 6,
  });
  expect(split.test).toEqual({ from: '2026-03-30T22:00:00.000Z', to: '2026-03-31T22:00:00.000Z' });
});

test('when the clocks go back, the hour that comes twice is of the same day', async () => {
  const day = everyHour(2026, 9, 24, 27);
  const { grid, values } = await built('Europe/Berlin', '1 day', [...day, '2026-10-25T02:00:00+01:00']);
  expect(values).toEqual([24, 25, 24, 24]);
  expect(grid.start).toBe('2026-10-23T22:00:00.000Z');
  expect(grid.end).toBe('2026-10-27T23:00:00.000Z');
});

test('a day in Tokyo starts at 15:00 UTC of the day before, and a month with its first day', async () => {
  const days = await built('Asia/Tokyo', '1 day', everyHour(2026, 0, 1, 5));
  expect(days.values).toEqual([24, 24, 24, 24, 24]);
  expect(days.grid.start).toBe('2025-12-31T15:00:00.000Z');
  const months = await built('Asia/Tokyo', '1 month', [
    ...['2026-01-01 00:00', '2026-01-31 23:59', '2026-02-01 00:00', '2026-03-31 23:59', '2026-04-01 00:00'],
  ]);
  expect(months.values).toEqual([2, 1, 1, 1]);
  expect(months.grid.start).toBe('2025-12-31T15:00:00.000Z');
  expect(months.grid.end).toBe('2026-04-30T15:00:00.000Z');
});

test('a day that the clocks left out is refused by name', async () => {
  // Samoa crossed the date line: after 29 December 2011 came the 31st.
  const times = ['27', '28', '29', '31'].map(day => `2011-12-${day} 12:00`);
  await expect(built('Pacific/Apia', '1 day', times)).rejects.toThrow(
    'The clocks of Pacific/Apia skipped a whole period of 1 day, at 2011-12-30T10:00:00.000Z.',
  );
});
