import { type Measures, metricOf } from '../core/evaluation/measures.ts';
import { METRIC_NAMES, METRICS, type MetricName } from '../core/spec/metrics.ts';
import { rounded } from './table.ts';

/** The one metric of a table of runs or versions. */
export interface ShownMetric {
  readonly label: string;
  /** Rounded, empty where there is none. */
  readonly of: (measures: Measures) => string;
}

/**
 * That of the gate, where it is known; otherwise the usual one of the task, which is the first that any of these has.
 */
export function shownMetric(all: readonly Measures[], gate?: MetricName | null): ShownMetric {
  const name = gate ?? METRIC_NAMES.find(metric => all.some(measures => metric in measures)) ?? 'mase';
  const of = (measures: Measures): string => {
    const value = metricOf(measures, name);
    return value === null ? '' : rounded(value);
  };
  return { label: METRICS[name].label, of };
}
