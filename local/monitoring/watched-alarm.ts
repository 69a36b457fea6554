import { UnsupportedError } from '../errors.ts';
import type { Resource } from '../template/resources.ts';
import { compileMetricMath } from './metric-math.ts';
import type { MetricId, MetricStore } from './metric-store.ts';
import { type Statistic, statistic, type Windows, windowValues } from './statistics.ts';

/** Metrics that the embedded cloud itself emits in AWS's own namespaces. */
const EMITTED_AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  'AWS/States': [
    'ExecutionsStarted',
    'ExecutionsSucceeded',
    'ExecutionsFailed',
    'ExecutionsTimedOut',
    'ExecutionTime',
  ],
  'AWS/Lambda': ['Invocations', 'Errors', 'Duration'],
  'AWS/SQS': ['ApproximateNumberOfMessagesVisible'],
};

/** An alarm with what it looks at. */
export interface WatchedAlarm {
  readonly alarm: Resource<'AWS::CloudWatch::Alarm'>;
  /** Milliseconds. */
  readonly period: number;
  readonly metrics: readonly MetricId[];
  readonly values: (store: MetricStore, windows: Windows) => (number | undefined)[];
}

/** Reads what an alarm looks at. Throws for a metric, statistic, period or expression that is not known. */
export function watchAlarm(alarm: Resource<'AWS::CloudWatch::Alarm'>): WatchedAlarm {
  const { properties } = alarm;
  if (properties.Metrics.length === 0) {
    const { Namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period } = properties;
    if (Namespace === undefined || MetricName === undefined || Period === undefined) {
      throw new UnsupportedError(['found no metric; allowed: Namespace, MetricName and Period, or Metrics']);
    }
    const metric = metricId(Namespace, MetricName, Dimensions);
    const compute = computing(Statistic ?? ExtendedStatistic ?? '');
    return {
      alarm,
      period: periodOf(Period),
      metrics: [metric],
      values: (store, windows) => windowValues(store.points(metric), windows, compute),
    };
  }
  return watchExpression(alarm);
}

function watchExpression(alarm: Resource<'AWS::CloudWatch::Alarm'>): WatchedAlarm {
  const { Metrics } = alarm.properties;
  const metrics = new Map<string, { metric: MetricId; compute: Statistic; period: number }>();
  const expressions = new Map<string, ReturnType<typeof compileMetricMath>>();
  for (const { Id, Expression, MetricStat } of Metrics) {
    if (MetricStat !== undefined) {
      const { Namespace, MetricName, Dimensions } = MetricStat.Metric;
      metrics.set(Id, {
        metric: metricId(Namespace, MetricName, Dimensions),
        compute: computing(MetricStat.Stat),
        period: periodOf(MetricStat.Period),
      });
    } else {
      expressions.set(Id, compileMetricMath(Expression ?? ''));
    }
  }
  const [result, ...others] = Metrics.filter(({ ReturnData }) => ReturnData);
  const [period, ...periods] = new Set([...metrics.values()].map(metric => metric.period));
  if (result === undefined || others.length > 0)
    throw new UnsupportedError(['Metrics: exactly one may have ReturnData']);
  if (period === undefined || periods.length > 0)
    throw new UnsupportedError(['Metrics: all need one and the same Period']);
  for (const { ids } of expressions.values()) {
    for (const id of ids) {
      if (!metrics.has(id) && !expressions.has(id))
        throw new UnsupportedError([`Metrics: there is no "${id}"`]);
    }
  }
  return {
    alarm,
    period,
    metrics: [...metrics.values()].map(({ metric }) => metric),
    values: (store, windows) => {
      const series = new Map(
        [...metrics].map(([id, { metric, compute }]) => [
          id,
          windowValues(store.points(metric), windows, compute),
        ]),
      );
      const valueAt = (id: string, i: number): number | undefined =>
        series.get(id)?.[i] ?? expressions.get(id)?.evaluate(inner => valueAt(inner, i));
      return Array.from({ length: windows.count }, (_, i) => valueAt(result.Id, i));
    },
  };
}

function metricId(
  namespace: string,
  name: string,
  dimensions: readonly { readonly Name: string; readonly Value: string }[],
): MetricId {
  if (namespace.startsWith('AWS/') && !EMITTED_AWS_METRICS[namespace]?.includes(name)) {
    const emitted = Object.entries(EMITTED_AWS_METRICS).map(
      ([space, names]) => `${space} ${names.join(', ')}`,
    );
    throw new UnsupportedError([
      `found the metric ${namespace} ${name}, which is not emitted here; of AWS's own there are: ${emitted.join('; ')}`,
    ]);
  }
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

function computing(name: string): Statistic {
  const found = statistic(name);
  if (found === undefined) {
    throw new UnsupportedError([
      `found the statistic "${name}"; allowed: Sum, Average, Minimum, Maximum, SampleCount and percentiles such as p99`,
    ]);
  }
  return found;
}

function periodOf(seconds: number): number {
  if (seconds < 60 || seconds % 60 !== 0) {
    throw new UnsupportedError([`found the period ${seconds}; allowed: whole minutes, in seconds`]);
  }
  return seconds * 1000;
}
