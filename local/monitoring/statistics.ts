import type { MetricPoint } from './embedded-metric.ts';

/** One number from the values of a period, which are at least one. */
export type Statistic = (values: readonly number[]) => number;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const SIMPLE: Readonly<Record<string, Statistic>> = {
  Sum: sum,
  Average: values => sum(values) / values.length,
  Minimum: values => Math.min(...values),
  Maximum: values => Math.max(...values),
  SampleCount: values => values.length,
};

/**
 * A statistic by CloudWatch's name: Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99 or p99.9
 * (nearest rank; CloudWatch does not publish how it interpolates). Undefined for any other.
 */
export function statistic(name: string): Statistic | undefined {
  if (Object.hasOwn(SIMPLE, name)) return SIMPLE[name];
  const [, percent] = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name) ?? [];
  if (percent === undefined) return undefined;
  return values => {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil((Number(percent) / 100) * sorted.length) - 1)] ?? Number.NaN;
  };
}

export interface Windows {
  /** Milliseconds. */
  readonly period: number;
  /** End of the last window, exclusive, milliseconds since the epoch. */
  readonly end: number;
  readonly count: number;
}

/** One value per window, the oldest first, undefined where there are no points. */
export function windowValues(
  points: readonly MetricPoint[],
  { period, end, count }: Windows,
  compute: Statistic,
): (number | undefined)[] {
  const buckets = Array.from({ length: count }, (): number[] => []);
  for (const { time, values } of points) {
    const back = Math.ceil((end - time) / period);
    if (back >= 1) buckets[count - back]?.push(...values);
  }
  return buckets.map(values => (values.length === 0 ? undefined : compute(values)));
}
