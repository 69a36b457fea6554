import type { ForecastingSpec } from '../../spec/schema.ts';
import { materializeAll } from '../../storage/materialize-all.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { scratchFolder } from '../../storage/scratch-folder.ts';
import { withDuckDb } from '../duckdb.ts';
import type { Series } from '../series.ts';
import { SeriesTable } from './aggregate.ts';
import { fillGaps } from './fill.ts';
import { periodOf, startOfPeriod, stepOfTime } from './grid.ts';
import { partKeys, seriesParts } from './series-parts.ts';

/**
 * What happened, for monitoring: every series of the accepted data over the periods that start in [from, to), sorted
 * by key. Each has a value per period of that range. Missing are the periods before a series began and those that
 * the data does not reach to yet, an incomplete last period included; gaps between are filled as the spec says.
 * @throws DatasetError when the spec's SQL cannot run.
 */
export async function observedSeries(o: {
  readonly data: ObjectStore;
  readonly spec: ForecastingSpec;
  readonly from: Date;
  readonly to: Date;
}): Promise<Series[]> {
  const { data, spec, from, to } = o;
  const parts = await seriesParts(data, spec);
  if (parts.length === 0) return [];
  await using files = await materializeAll(data, partKeys(spec, parts));
  await using scratch = await scratchFolder('observed');
  return await withDuckDb({ paths: files.paths, threads: 1, workspace: scratch.path }, async connection => {
    const table = new SeriesTable(connection, spec, files.paths);
    const grid = await table.grid();
    const { every } = grid;
    const begin = firstPeriodFrom(from, every);
    const end = firstPeriodFrom(to, every);
    const start = startOfPeriod(begin, every);
    const series = await table.aggregate(grid);
    return series.map(({ key, start: first, values }) => {
      const filled = fillGaps(values, spec.series.fill);
      const offset = stepOfTime({ ...grid, start: first }, start);
      const window = Float64Array.from(
        { length: Math.max(0, end - begin) },
        (_, i) => filled[offset + i] ?? Number.NaN,
      );
      return { key, start, values: window };
    });
  });
}

/** Number of the first period that starts at a moment or after it. */
function firstPeriodFrom(time: Date, every: Parameters<typeof periodOf>[1]): number {
  const period = periodOf(time, every);
  return startOfPeriod(period, every) < time ? period + 1 : period;
}
