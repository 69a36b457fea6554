import { compareKeys } from '../data/series.ts';
import type { MetricName } from '../spec/metrics.ts';
import { metricOf } from './measures.ts';
import { type Comparison, type Metrics, measureForecasts } from './metrics.ts';

export interface RankedSeries<C extends Comparison> {
  readonly comparison: C;
  /** Metrics of this series alone. */
  readonly metrics: Metrics;
}

/** Series in the order of a metric, lowest first; equal ones in the order of their keys, those without it left out. */
export function rankSeries<C extends Comparison>(
  comparisons: readonly C[],
  metric: MetricName,
): RankedSeries<C>[] {
  return comparisons
    .map(comparison => ({ comparison, metrics: measureForecasts([comparison]) }))
    .filter(({ metrics }) => metricOf(metrics, metric) !== null)
    .sort(
      (a, b) =>
        (metricOf(a.metrics, metric) ?? 0) - (metricOf(b.metrics, metric) ?? 0) ||
        compareKeys(a.comparison.key, b.comparison.key),
    );
}
