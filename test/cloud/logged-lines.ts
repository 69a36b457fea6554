import * as z from 'zod';
import type { Deployed } from './deployed.ts';

const groups = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) });
const logged = z.object({ events: z.array(z.object({ message: z.string() })) });

/**
 * The lines that a function has logged since a moment.
 * @param stack Of the function.
 * @param name What the logical id of its log group begins with.
 */
export async function loggedLines(
  deployed: Deployed,
  { stack, name, since }: { readonly stack: string; readonly name: string; readonly since: Date },
): Promise<string[]> {
  const { logGroups } = groups.parse(await deployed.aws('logs', 'describe-log-groups'));
  const lines: string[] = [];
  for (const { logGroupName } of logGroups) {
    if (!(logGroupName.includes(stack) && logGroupName.includes(name))) continue;
    const { events } = logged.parse(
      await deployed.aws(
        ...['logs', 'filter-log-events', '--log-group-name', logGroupName],
        ...['--start-time', String(since.getTime())],
      ),
    );
    lines.push(...events.map(({ message }) => message));
  }
  return lines;
}

export interface LoggedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly value: number;
}

const embedded = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** The metrics that a line declares, as CloudWatch would read them. */
export function metricsOf(line: string): LoggedMetric[] {
  const parsed = line.startsWith('{"_aws"') ? embedded.safeParse(JSON.parse(line)) : undefined;
  if (parsed?.success !== true) return [];
  return parsed.data._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.map(({ Name }) => ({
      ...{ namespace: Namespace, name: Name, value: z.number().parse(parsed.data[Name]) },
      dimensions: (Dimensions[0] ?? []).map(dimension => ({
        Name: dimension,
        Value: z.string().parse(parsed.data[dimension]),
      })),
    })),
  );
}
