import type { DuckDBConnection } from '@duckdb/node-api';
import type { ForecastingSpec } from '../../spec/schema.ts';
import { DatasetError } from '../../telemetry/errors.ts';
import { SeriesTable, type TableGrid } from '../series/aggregate.ts';
import { fillGaps } from '../series/fill.ts';
import { type Grid, stepOfTime, timeOfStep } from '../series/grid.ts';
import type { Series } from '../series.ts';
import { mapParts, PARTS, type PartName } from './dataset-record.ts';
import { type Split, type StepRange, splitGrid } from './split.ts';

export interface PreparedSeries {
  readonly grid: TableGrid;
  readonly split: Split;
  /** Series with a value in any part. */
  readonly count: number;
  /** What lies in each part, sorted by key. */
  readonly parts: Readonly<Record<PartName, readonly Series[]>>;
}

/**
 * The series of a spec, aggregated from the files of the table's parts, filled, and cut into the parts of a dataset.
 * @throws DatasetError when there is no data, too little to train on, or the spec's SQL cannot run.
 */
export async function prepareSeries(
  connection: DuckDBConnection,
  spec: ForecastingSpec,
  paths: readonly string[],
): Promise<PreparedSeries> {
  const { table, top, fill } = spec.series;
  const source = new SeriesTable(connection, spec, paths);
  const grid = await source.grid();
  const split = splitGrid(grid, spec);
  const largest = top === undefined ? undefined : { count: top, before: split.train.to };
  const series = (await source.aggregate(grid, largest)).map(one => filled(one, grid, split, fill));
  if (series.length === 0) {
    throw new DatasetError(
      `No row of table ${table} gives a value: series.where leaves none, or series.value is null.`,
    );
  }
  return { grid, split, count: series.length, parts: mapParts(name => cutSeries(series, grid, split[name])) };
}

function filled(series: Series, grid: Grid, split: Split, fill: ForecastingSpec['series']['fill']): Series {
  const first = stepOfTime(grid, series.start);
  const ends = PARTS.map(name => split[name].to - first).filter(end => end > 0);
  return { ...series, values: fillGaps(series.values, fill, ends) };
}

/** What of the series lies in a range of steps; a series that starts later is not in it. */
const cutSeries = (series: readonly Series[], grid: Grid, { from, to }: StepRange): Series[] =>
  series.flatMap(({ key, start, values }) => {
    const first = stepOfTime(grid, start);
    if (first >= to) return [];
    const begin = Math.max(first, from);
    return [{ key, start: timeOfStep(grid, begin), values: values.subarray(begin - first, to - first) }];
  });
