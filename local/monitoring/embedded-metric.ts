import * as z from 'zod';

/** One measurement series of a moment. */
export interface MetricPoint {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly values: readonly number[];
  readonly unit: string;
}

const schema = z.looseObject({
  _aws: z.looseObject({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.looseObject({ Name: z.string(), Unit: z.string().default('None') })),
      }),
    ),
  }),
});

const numbers = z.union([z.number().transform(value => [value]), z.array(z.number())]);

/**
 * The points in a line of CloudWatch's Embedded Metric Format, or undefined when the line is none.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function parseEmbeddedMetric(line: string): MetricPoint[] | undefined {
  if (!line.startsWith('{') || !line.includes('"CloudWatchMetrics"')) return undefined;
  let written: unknown;
  try {
    written = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(written);
  if (!parsed.success) return undefined;
  const { _aws: metadata, ...fields } = parsed.data;
  return metadata.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name, Unit }) => {
      const values = numbers.safeParse(fields[Name]);
      if (!values.success) return [];
      return Dimensions.map(names => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(names.map(name => [name, String(fields[name])])),
        time: metadata.Timestamp,
        values: values.data,
        unit: Unit,
      }));
    }),
  );
}
