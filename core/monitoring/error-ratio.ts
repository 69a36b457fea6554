import { directionOf, type MetricName } from '../spec/metrics.ts';

/**
 * How much worse a metric is than it was promised to be, as a factor: 1 means as good, 1.5 half as bad again, less than
 * 1 better. Where lower is better it is the value over the promise; where higher is better, 1 plus the share of the
 * promise that was lost.
 * @returns null where the promise is not positive, so that no share of it can be told.
 */
export function errorRatio(metric: MetricName, value: number, promised: number | null): number | null {
  if (promised === null || promised <= 0) return null;
  return directionOf(metric) === 'lower' ? value / promised : 1 + (promised - value) / promised;
}
