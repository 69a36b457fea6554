import { loadDataset } from '../data/dataset/load-dataset.ts';
import { withDuckDb } from '../data/duckdb.ts';
import { literal } from '../data/quote.ts';
import { stepOfTime } from '../data/series/grid.ts';
import { keyId } from '../data/series.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import { FORECAST_COLUMNS } from '../spec/forecast-columns.ts';
import { dataKeys } from '../storage/layout.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { columnsOf, type Forecast, forecastGrid, missingForecast, type SeriesForecast } from './forecast.ts';

/** The forecast that a version has written, or undefined when it never wrote one, since it never was in production. */
export async function readForecast(
  data: ObjectStore,
  version: ForecastingVersion,
): Promise<Forecast | undefined> {
  const key = dataKeys.predictions(version.model, version.version, 'forecast.parquet');
  if ((await data.head(key)) === undefined) return undefined;
  const dataset = await loadDataset(data, version.model, version.dataset);
  const grid = forecastGrid(dataset, version);
  const keyColumns = dataset.columns.key;
  await using file = await data.materialize(key);
  // By position: the file has the columns of the key, the time and the numbers, whatever a spec has called them since.
  const names = [...keyColumns.map((_, i) => `k${i}`), 'time', ...FORECAST_COLUMNS];
  const keys = keyColumns.map((_, i) => `coalesce(k${i}::VARCHAR, 'null')`);
  const rows = await withDuckDb({ paths: [file.path] }, async connection => {
    const reader = await connection.runAndReadAll(`
      SELECT epoch_ms(time::TIMESTAMP)::DOUBLE, ${[...FORECAST_COLUMNS, ...keys].join(', ')}
      FROM read_parquet(${literal(file.path)}, hive_partitioning = false) AS t(${names.join(', ')})
    `);
    return reader.getRowsJS();
  });
  const series = new Map<string, SeriesForecast>();
  for (const [time, ...cells] of rows) {
    const numbers = cells.slice(0, FORECAST_COLUMNS.length);
    const parts = cells.slice(FORECAST_COLUMNS.length).map(String);
    const id = keyId(parts);
    const one = series.get(id) ?? missingForecast(parts, grid.steps);
    series.set(id, one);
    const step = stepOfTime(grid, new Date(Number(time)));
    for (const [i, values] of columnsOf(one).entries()) {
      const value = numbers[i];
      if (step >= 0 && step < grid.steps && typeof value === 'number') values[step] = value;
    }
  }
  return { keyColumns, grid, series: [...series.values()] };
}
