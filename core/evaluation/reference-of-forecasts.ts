import { valueAt } from '../data/series.ts';
import type { ConfidenceOf } from '../monitoring/estimated/confidence.ts';
import type { PredictionReference, TestInterval } from '../monitoring/prediction-reference.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { Intervals } from '../training/conformal.ts';
import type { Assessment } from './assess.ts';
import { pairedDifference } from './bootstrap.ts';
import type { Comparison } from './metrics.ts';
import { INTERVAL_CONFIDENCE } from './tabular/metric-interval.ts';

/** What monitoring will compare forecasts with: the interval of the monitored metric, and what their widths are worth. */
export const referenceOfForecasts = (
  { comparisons }: Assessment,
  intervals: readonly Intervals[],
  metric: MetricName,
): Pick<PredictionReference, 'predictions' | 'interval' | 'confidence'> => ({
  predictions: null,
  interval: forecastInterval(comparisons, metric) ?? null,
  confidence: widthsOf(comparisons, intervals) ?? null,
});

/** How much of a metric may be chance: its difference from that of a forecast that is always right, which is 0. */
function forecastInterval(comparisons: readonly Comparison[], metric: MetricName): TestInterval | undefined {
  const perfect = comparisons.map(comparison => ({ ...comparison, forecast: comparison.actual }));
  const around = pairedDifference(comparisons, perfect, metric, (1 + INTERVAL_CONFIDENCE) / 2);
  return around && { metric, ...around, confidence: INTERVAL_CONFIDENCE };
}

/**
 * The errors on the test part over the half widths of the 80 % intervals there: wherever a forecast's interval is as
 * wide, its error should be as large. Both are sums over all points, so that no narrow interval weighs more than others.
 */
function widthsOf(
  comparisons: readonly Comparison[],
  intervals: readonly Intervals[],
): ConfidenceOf<'interval-widths'> | undefined {
  let [widths, squaredWidths, errors, squaredErrors] = [0, 0, 0, 0];
  for (const [i, { actual, forecast }] of comparisons.entries()) {
    const upper = intervals[i]?.[80].upper ?? new Float64Array(0);
    for (let step = 0; step < forecast.length; step++) {
      const width = valueAt(upper, step) - valueAt(forecast, step);
      const error = valueAt(actual, step) - valueAt(forecast, step);
      if (!Number.isFinite(width) || !Number.isFinite(error)) continue;
      widths += width;
      squaredWidths += width ** 2;
      errors += Math.abs(error);
      squaredErrors += error ** 2;
    }
  }
  if (!(widths > 0)) return undefined;
  return {
    method: 'interval-widths',
    absolute: errors / widths,
    squared: squaredErrors / squaredWidths,
  };
}
