import { Metric, type MetricProps } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricId, MODEL_DIMENSION, NAMESPACE } from '../../core/telemetry/metrics.ts';

/** A metric of a model, under exactly the name and dimensions that the steps emit it with. */
export const modelMetric = (
  model: string,
  metricName: MetricId,
  { statistic, period }: Required<Pick<MetricProps, 'statistic' | 'period'>>,
): Metric =>
  new Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { [MODEL_DIMENSION]: model },
    statistic,
    period,
  });
