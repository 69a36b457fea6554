import { type Grid, stepOfTime } from '../data/series/grid.ts';
import { compareKeys, keyId, valueAt } from '../data/series.ts';
import type { ForecastingVersion } from '../registry/versions.ts';
import { columnsOf, type Forecast, missingForecast, type SeriesForecast } from '../serving/forecast.ts';
import type { Window } from './window.ts';

export interface VersionForecast {
  readonly version: ForecastingVersion;
  readonly forecast: Forecast;
}

/** For each period of a window the forecast that counts, and the values of it; undefined where there is none. */
export interface InForce {
  readonly versions: readonly (VersionForecast | undefined)[];
  /** One per series that any of these forecasts has, sorted by key; NaN where it has none. */
  readonly series: readonly SeriesForecast[];
}

/**
 * The forecasts in force: for each period the first one that covers it. A forecast begins where the data that it was
 * made of ended, so whichever covers a period was made without knowing it.
 * @param forecasts In the order in which they count.
 */
export function forecastsInForce(window: Window, forecasts: readonly VersionForecast[]): InForce {
  const versions = window.periods.map(period =>
    forecasts.find(one => covers(one.forecast.grid, stepOf(one, period))),
  );
  const byKey = new Map<string, SeriesForecast>();
  for (const source of new Set(versions)) {
    for (const series of source?.forecast.series ?? []) {
      const id = keyId(series.key);
      const target = byKey.get(id) ?? missingForecast(series.key, window.periods.length);
      byKey.set(id, target);
      for (const [i, period] of window.periods.entries()) {
        if (source !== undefined && versions[i] === source)
          copyStep(series, stepOf(source, period), target, i);
      }
    }
  }
  return { versions, series: [...byKey.values()].sort((a, b) => compareKeys(a.key, b.key)) };
}

const stepOf = ({ forecast: { grid } }: VersionForecast, period: Date): number => stepOfTime(grid, period);

const covers = ({ steps }: Grid, step: number): boolean => step >= 0 && step < steps;

function copyStep(source: SeriesForecast, step: number, target: SeriesForecast, index: number): void {
  const targets = columnsOf(target);
  for (const [i, values] of columnsOf(source).entries()) {
    const column = targets[i];
    if (column !== undefined) column[index] = valueAt(values, step);
  }
}
