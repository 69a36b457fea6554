import { keyId, type Series, valueAt } from '../data/series.ts';
import { coverageOf } from '../evaluation/coverage.ts';
import { type Comparison, measureForecasts } from '../evaluation/metrics.ts';
import { rankSeries } from '../evaluation/rank-series.ts';
import type { ErrorScale } from '../evaluation/scale.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { InForce } from './forecasts-in-force.ts';
import type { ForecastMeasurement } from './monitoring-record.ts';
import type { Window } from './window.ts';

/** Series that a measurement names. */
const WORST = 5;

const UNSCALED: ErrorScale = { absolute: Number.NaN, squared: Number.NaN };

/**
 * Forecasts in force against what happened.
 * @param observed One value per period of the window for each series; series without a forecast do not count.
 * @param scales Of the training part of the newest version in force, by `keyId`.
 */
export function compare(
  window: Window,
  { series }: InForce,
  observed: readonly Series[],
  { metric, scales }: { readonly metric: MetricName; readonly scales: ReadonlyMap<string, ErrorScale> },
): Pick<ForecastMeasurement, 'metrics' | 'coverage' | 'labels' | 'worst' | 'totals'> {
  const actuals = new Map(observed.map(({ key, values }) => [keyId(key), values]));
  const nothing = new Float64Array(window.periods.length).fill(Number.NaN);
  const compared = series.map(({ key, forecast, intervals }) => ({
    ...{ key, forecast, intervals, actual: actuals.get(keyId(key)) ?? nothing },
    scale: scales.get(keyId(key)) ?? UNSCALED,
  }));
  const metrics = measureForecasts(compared);
  const count = (values: Float64Array): number =>
    values.reduce((n, value) => n + (Number.isNaN(value) ? 0 : 1), 0);
  return {
    metrics,
    coverage: {
      80: coverageOf(compared.map(({ actual, intervals }) => ({ actual, ...intervals[80] }))),
      95: coverageOf(compared.map(({ actual, intervals }) => ({ actual, ...intervals[95] }))),
    },
    labels: {
      forecast: compared.reduce((sum, { forecast }) => sum + count(forecast), 0),
      known: metrics.points,
    },
    worst: rankSeries(compared, metric)
      .slice(-WORST)
      .reverse()
      .map(({ comparison, metrics }) => ({ key: [...comparison.key], metrics })),
    totals: totalsOf(window, compared),
  };
}

function totalsOf(window: Window, compared: readonly Comparison[]): ForecastMeasurement['totals'] {
  return window.periods.flatMap((period, i) => {
    const both = compared
      .map(({ forecast, actual }) => ({ forecast: valueAt(forecast, i), actual: valueAt(actual, i) }))
      .filter(({ forecast, actual }) => Number.isFinite(forecast) && Number.isFinite(actual));
    if (both.length === 0) return [];
    return {
      time: period.toISOString(),
      forecast: both.reduce((sum, { forecast }) => sum + forecast, 0),
      actual: both.reduce((sum, { actual }) => sum + actual, 0),
      series: both.length,
    };
  });
}
