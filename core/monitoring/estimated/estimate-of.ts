import { type Measures, metricOf } from '../../evaluation/measures.ts';
import type { MetricName } from '../../spec/metrics.ts';
import { errorRatio } from '../error-ratio.ts';
import type { Estimate } from '../monitoring-record.ts';

/** An estimate of one metric, marked as such; undefined where the metric cannot be estimated. */
export function estimateOf(
  method: Estimate['method'],
  measures: Measures,
  about: { readonly metric: MetricName; readonly testError: number | null; readonly predictions: number },
): Estimate | undefined {
  const value = metricOf(measures, about.metric);
  if (value === null || !Number.isFinite(value)) return undefined;
  return {
    ...{ estimate: true, method, value, ...about },
    errorRatio: errorRatio(about.metric, value, about.testError),
  };
}
