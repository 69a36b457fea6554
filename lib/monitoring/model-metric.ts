import { Metric, type MetricProps } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricId, MODEL_DIMENSION } from '../../core/telemetry/metrics.ts';
import { METRIC_NAMESPACE } from '../names.ts';

/** A metric of a model, under exactly the name and dimensions that the steps emit it with. */
export const modelMetric = (
  model: string,
  metricName: MetricId,
  { statistic, period }: Required<Pick<MetricProps, 'statistic' | 'period'>>,
): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { [MODEL_DIMENSION]: model },
    statistic,
    period,
  });
